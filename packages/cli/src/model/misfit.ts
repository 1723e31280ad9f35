import type { HifiGanConfig } from '@hifigan/config';
import { checkGeneratorState, type UpstreamShapes } from '@hifigan/models';

/** Why weights are not those of a generator of this configuration, or nothing where they are; by names and shapes. */
export function misfitOf(config: HifiGanConfig, weights: UpstreamShapes): string | undefined {
  try {
    checkGeneratorState(config, weights, 'weights');
    return undefined;
  } catch (error) {
    const text = error instanceof Error ? error.message.replace(/^weights: /, '') : String(error);
    // The keys that differ say it all; the arrays follow from them.
    const keys = text.split('\n').filter((line) => line.includes(' in the weights, '));
    return keys.length > 0 ? keys.map((line) => line.trim()).join('; ') : text;
  }
}
