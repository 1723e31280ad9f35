import { runReadme } from '@hifigan/testkit';
import { expect, it } from 'vitest';

it('the README speaks the truth', async () => {
  expect(await runReadme(import.meta.url)).toEqual([['0 [ 8, 8, 4 ]']]);
});
