import { type HifiGanConfig, presets } from '@hifigan/config';
import { inferConfig, recognizeLayout } from '@hifigan/models';
import { parameterCount } from '../model/parameter-count.js';
import type { Description } from './describe.js';
import { nextOfLoneWeights } from './next-steps.js';

/** A generator that has no configuration beside it, as far as its arrays tell what it is. */
export interface InferredGenerator extends Pick<Description, 'facts' | 'shown'> {
  /** For its drawing; what is of the mel alone is V1's. */
  readonly config: HifiGanConfig;
  /** What one may do next. */
  readonly next: string;
}

/**
 * @param typed the file as the user named it
 * @returns undefined where no generator is among the arrays
 */
export function describeInferred(
  arrays: ReadonlyMap<string, { readonly shape: readonly number[] }>,
  typed: string,
): InferredGenerator | undefined {
  const found = recognizeLayout(arrays);
  const inferred = found && inferConfig(found.arrays);
  if (!inferred) return undefined;
  const { layout, prefix, arrays: own } = found;
  const config = { ...presets.v1, ...inferred.config, hop_size: inferred.hopSize };
  const normed = [...own.keys()].some((name) => /\.(weight_g|original0)$/.test(name));
  const parameters = parameterCount(config);
  const { next } = nextOfLoneWeights(typed, layout.name);
  const supposed = [
    ...inferred.supposed,
    'sampling_rate and the mel’s limits: not in the weights; the drawing takes 22050 Hz',
  ];
  return {
    config,
    next,
    facts: {
      program: layout.name,
      prefix,
      parameters,
      weightNorm: normed,
      inferred: { ...inferred.config, hop_size: inferred.hopSize },
      supposed,
      next,
    },
    shown: [
      [
        'network',
        `generator, ${parameters.toLocaleString('en')} weights, weight norm ${normed ? 'apart' : 'multiplied out'}`,
      ],
      ['names of', `${layout.description}${prefix === '' ? '' : `, behind ${prefix}`}`],
      [
        'inferred',
        `from the shapes, as no configuration lies beside it: ${config.num_mels} bands, ${config.upsample_initial_channel} channels, upsampling ${config.upsample_rates.join(' × ')} = ${inferred.hopSize}`,
      ],
      ['supposed', supposed.join('; ')],
      ['next', next],
    ],
  };
}
