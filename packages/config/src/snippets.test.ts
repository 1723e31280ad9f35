import { runReadme } from '@hifigan/testkit';
import { expect, it } from 'vitest';

it('the README speaks the truth', async () => {
  expect(await runReadme(import.meta.url)).toEqual([
    [
      "22050 [ 'comment' ]",
      expect.stringMatching(
        /^config\.json: upsample_rates: product 128 must equal hop_size 256, because each mel frame becomes/,
      ),
      '13',
    ],
  ]);
});
