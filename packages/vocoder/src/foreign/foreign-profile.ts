import { type MelNormalisation, type MelProfile, profileOfConfig } from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';
import { type LayoutName, valueAt } from '@hifigan/models';

/**
 * The mel that a generator takes, before the statistics that are among its weights.
 *
 * @param facts the configuration of its program
 */
export function foreignProfile(
  layout: LayoutName,
  config: HifiGanConfig,
  facts: unknown,
): MelProfile {
  const own = profileOfConfig(config);
  // What follows is HiFi-GAN's but for the framing, the logarithm and, mostly, the guard under the root.
  const { guard: _, ...base } = own;
  switch (layout) {
    case 'reference':
      return own;
    case 'transformers':
    case 'espnet':
      // SpeechT5's feature extractor has ESPnet's mel, which has ParallelWaveGAN's.
      return { ...base, ...LOG10, framing: 'centred' };
    case 'parallel-wavegan': {
      const natural = valueAt(facts, 'log_base') === null;
      return { ...base, ...LOG10, ...(natural && { log: 'natural' }), framing: 'centred' };
    }
    case 'coqui':
      return { ...base, ...coquiValues(facts), framing: 'centred' };
    case 'nemo':
      return { ...base, ...nemoLog(facts) };
  }
}

const LOG10 = { log: 'log10', floor: 1e-10, floorBy: 'clamp' } as const;

type Logarithm = Pick<MelProfile, 'log' | 'floor' | 'floorBy'>;

/**
 * Of Coqui's AudioProcessor (TTS/utils/audio/processor.py, numpy_transforms.py): `spec_gain` times the logarithm, where
 * 20 of base 10 is decibels and 1 of base e is natural, then what `signal_norm` does.
 */
function coquiValues(
  facts: unknown,
): Logarithm & Pick<MelProfile, 'normalisation' | 'preemphasis'> {
  const at = (key: string) => valueAt(facts, `audio.${key}`);
  const number = (key: string, otherwise: number) => {
    const value = at(key);
    return typeof value === 'number' ? value : otherwise;
  };
  const natural = at('log_func') === 'np.log';
  const log = natural ? 'natural' : number('spec_gain', 20) === 20 ? 'decibel' : 'log10';
  const preemphasis = number('preemphasis', 0);
  return {
    ...{ log, floor: 1e-8, floorBy: 'clamp' },
    ...(preemphasis > 0 && { preemphasis }),
    ...(at('signal_norm') === true && { normalisation: coquiNormalisation(at, number) }),
  };
}

/** By a file of statistics, or a line from the lowest level to the reference level. */
function coquiNormalisation(
  at: (key: string) => unknown,
  number: (key: string, otherwise: number) => number,
): MelNormalisation {
  if (typeof at('stats_path') === 'string') return { kind: 'statistics' };
  const high = number('ref_level_db', 20);
  const to = number('max_norm', 4);
  return {
    kind: 'range',
    ...{ low: high + number('min_level_db', -100), high },
    ...{ from: at('symmetric_norm') === false ? 0 : -to, to },
  };
}

function nemoLog(facts: unknown): Logarithm & Pick<MelProfile, 'framing' | 'magnitude'> {
  const at = (key: string) => valueAt(facts, `preprocessor.${key}`);
  const floor = at('log_zero_guard_value');
  return {
    log: 'natural',
    floor: typeof floor === 'number' ? floor : 2 ** -24,
    floorBy: at('log_zero_guard_type') === 'clamp' ? 'clamp' : 'add',
    framing: at('exact_pad') === true ? 'hop' : 'centred',
    magnitude: at('mag_power') === 1 ? 'amplitude' : 'power',
  };
}
