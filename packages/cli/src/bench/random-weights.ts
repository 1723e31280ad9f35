import type { NamedArrays } from '@hifigan/checkpoint';
import type { HifiGanConfig } from '@hifigan/config';
import { exportState, Generator } from '@hifigan/models';
import { seededRandom } from './seeded-random.js';

/**
 * Weights of a generator without weight norm, by upstream's names: of the size of PyTorch's fresh ones, so that the
 * signal neither dies nor grows. Uses the tfjs backend that is set, and leaves nothing in it.
 */
export async function randomWeights(config: HifiGanConfig): Promise<NamedArrays> {
  const empty = Generator.empty(config, { weightNormed: false });
  const arrays = await exportState(empty);
  empty.dispose();
  const random = seededRandom();
  for (const { shape, data } of arrays.values()) {
    const bound = 1 / Math.sqrt(shape.slice(1).reduce((product, size) => product * size, 1));
    for (let i = 0; i < data.length; i++) data[i] = (2 * random() - 1) * bound;
  }
  return arrays;
}
