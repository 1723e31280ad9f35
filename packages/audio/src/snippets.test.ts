import { runReadme } from '@hifigan/testkit';
import { expect, it } from 'vitest';

it('the README speaks the truth', async () => {
  expect(await runReadme(import.meta.url)).toEqual([
    ['48000 2 pcm24', '11025', '43 80', '11008'],
    ['foreign frames first librosa-80-decibel', '80 true'],
  ]);
});
