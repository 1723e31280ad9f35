import { expect, it } from 'vitest';
import { fuzz } from './testing/fuzz.js';

// A million of them: pnpm --filter @hifigan/checkpoint proof
it('thousands of hostile files end in a value or in one FormatError', async () => {
  const { failures, read, refused, slowest, mostMemory, allowed } = await fuzz(20_261_124, 4000);
  expect(failures).toEqual([]);
  console.log(
    `seed 20261124: ${read} read, ${refused} refused, slowest ${slowest.toFixed(1)} ms, most memory of one ${(mostMemory / 2 ** 20).toFixed(1)} MiB of ${(allowed / 2 ** 20).toFixed(1)} MiB`,
  );
  // Both happen, or the inputs are not what they are meant to be.
  expect(read).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(2000);
  expect(mostMemory).toBeLessThan(allowed);
});
