import { exportState, Generator, importState } from '@hifigan/models';
import type { Bundle } from './bundle.js';

/**
 * The same bundle with weight norm multiplied out: what inference needs and no more. Uses the tfjs backend that is set.
 *
 * @param where what to call the weights in errors
 * @throws StateError where weights and configuration do not belong together
 */
export async function foldBundle(bundle: Bundle, where = 'generator'): Promise<Bundle> {
  const generator = Generator.empty(bundle.config, { weightNormed: false });
  try {
    importState(generator, bundle.weights, where);
    return { ...bundle, weights: await exportState(generator) };
  } finally {
    generator.dispose();
  }
}
