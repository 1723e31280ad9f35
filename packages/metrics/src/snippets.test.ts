import { runReadme } from '@hifigan/testkit';
import { expect, it } from 'vitest';

it('the README speaks the truth', async () => {
  expect(await runReadme(import.meta.url)).toEqual([
    ['1.000', 'true', 'true', '0.50', 'true', '1 0', '0.94 true', '3'],
  ]);
});
