import type { NamedArrays } from '@hifigan/checkpoint';
import type { HifiGanConfig } from '@hifigan/config';
import { foldBundle } from '@hifigan/vocoder';
import { cpuBackend } from '../backends/cpu.js';

/** Why weights are not those of a generator of this configuration, or nothing where they are. */
export async function misfitOf(
  config: HifiGanConfig,
  weights: NamedArrays,
): Promise<string | undefined> {
  await cpuBackend.activate({});
  try {
    await foldBundle({ config, weights, notices: [] }, 'weights');
    return undefined;
  } catch (error) {
    const text = error instanceof Error ? error.message.replace(/^weights: /, '') : String(error);
    // The keys that differ say it all; the arrays follow from them.
    const keys = text.split('\n').filter((line) => line.includes(' in the weights, '));
    return keys.length > 0 ? keys.map((line) => line.trim()).join('; ') : text;
  }
}
