import { runReadme } from '@hifigan/testkit';
import { expect, it } from 'vitest';

it('the README speaks the truth', async () => {
  expect(await runReadme(import.meta.url)).toEqual([
    [
      'wav 16000 1 8000 pcm16',
      'notes.txt: it is no recording that can be read (it looks like text)',
    ],
    ['16000 1 40000'],
    ['16000'],
  ]);
});
