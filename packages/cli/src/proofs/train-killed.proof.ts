import { randomStream } from '@hifigan/train';
import { expect, test } from 'vitest';
import { killedAtRandom } from '../testing/kills.js';

const KILLS = Number(process.env.HIFIGAN_PROOF_KILLS ?? 120);

test(`SIGKILL at any moment, ${KILLS} times`, async () => {
  const seed = Number(process.env.HIFIGAN_PROOF_SEED ?? Date.now());
  const { steps, anew, before } = await killedAtRandom(KILLS, randomStream('kills', seed));
  console.log(
    `seed ${seed}: ${KILLS} kills, ${before} of them before a step; ${steps} steps, ${anew} of them done anew`,
  );
  expect(steps).toBeGreaterThan(KILLS);
});
