import { runReadme } from '@hifigan/testkit';
import { expect, it } from 'vitest';

it('the README speaks the truth', async () => {
  expect(await runReadme(import.meta.url)).toEqual([
    [
      "22050 [ 'comment' ]",
      expect.stringMatching(
        /^config\.json: upsample_rates: product 128 must equal hop_size 256, because each mel frame becomes/,
      ),
      '400 [ 10, 10, 2, 2 ]',
      "hop_size 12.5 ms, near the base's 11.6 ms",
      '13',
    ],
  ]);
});
