import type { HifiGanConfig } from '@hifigan/config';
import { checkGeneratorState, type UpstreamShapes } from '@hifigan/models';

/** Why weights are not those of a generator of this configuration, or nothing where they are; by names and shapes. */
export function misfitOf(config: HifiGanConfig, weights: UpstreamShapes): string | undefined {
  try {
    checkGeneratorState(config, withoutStatistics(weights), 'weights');
    return undefined;
  } catch (error) {
    const text = error instanceof Error ? error.message.replace(/^weights: /, '') : String(error);
    // The keys that differ say it all; the arrays follow from them.
    const keys = text.split('\n').filter((line) => line.includes(' in the weights, '));
    return keys.length > 0 ? keys.map((line) => line.trim()).join('; ') : text;
  }
}

/** What mels are normalised with lies among the weights and belongs to no layer. */
function withoutStatistics(weights: UpstreamShapes): UpstreamShapes {
  if (!weights.has('mean') || !weights.has('scale')) return weights;
  return new Map([...weights].filter(([name]) => name !== 'mean' && name !== 'scale'));
}
