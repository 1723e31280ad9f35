import type { MelProfile } from '@hifigan/audio';
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
  const base = {
    samplingRate: config.sampling_rate,
    fftSize: config.n_fft,
    hopSize: config.hop_size,
    windowSize: config.win_size,
    mels: config.num_mels,
    fmin: config.fmin,
    fmax: config.fmax,
    filterbank: 'slaney',
    bands: 'area',
    magnitude: 'amplitude',
  } as const;
  switch (layout) {
    case 'reference':
      return { ...base, ...NATURAL, framing: 'hop', guard: 1e-9 };
    case 'transformers':
    case 'espnet':
      // SpeechT5's feature extractor has ESPnet's mel, which has ParallelWaveGAN's.
      return { ...base, ...LOG10, framing: 'centred' };
    case 'parallel-wavegan': {
      const natural = valueAt(facts, 'log_base') === null;
      return { ...base, ...LOG10, ...(natural && { log: 'natural' }), framing: 'centred' };
    }
    case 'coqui':
      return { ...base, ...coquiLog(facts), framing: 'centred' };
    case 'nemo':
      return { ...base, ...nemoLog(facts) };
  }
}

const NATURAL = { log: 'natural', floor: 1e-5, floorBy: 'clamp' } as const;
const LOG10 = { log: 'log10', floor: 1e-10, floorBy: 'clamp' } as const;

type Logarithm = Pick<MelProfile, 'log' | 'floor' | 'floorBy'>;

/** `spec_gain` times the logarithm: 20 of base 10 is decibels, 1 of base e is natural. */
function coquiLog(facts: unknown): Logarithm {
  const natural = valueAt(facts, 'audio.log_func') === 'np.log';
  const gain = valueAt(facts, 'audio.spec_gain') ?? 20;
  if (natural) return NATURAL;
  return { log: gain === 20 ? 'decibel' : 'log10', floor: 1e-5, floorBy: 'clamp' };
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
