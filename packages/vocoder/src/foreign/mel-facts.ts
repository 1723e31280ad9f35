import type { MelProfile, MelStatistics } from '@hifigan/audio';
import { type LayoutName, valueAt } from '@hifigan/models';

/** What a program's configuration says of its mels, beside what HiFi-GAN's own says. */
export interface MelFacts {
  readonly values: Partial<MelProfile>;
  /** What no profile can say: option, its value and what comes of it. */
  readonly odd: readonly string[];
  /** Means and deviations that the configuration itself holds. */
  readonly statistics?: MelStatistics;
}

/** Reads one option after the other, and keeps what cannot be followed. */
export class MelOptions {
  readonly odd: string[] = [];

  constructor(
    private readonly facts: unknown,
    private readonly at: string,
  ) {}

  get(key: string): unknown {
    return valueAt(this.facts, this.at === '' ? key : `${this.at}.${key}`);
  }

  number(key: string, otherwise: number): number {
    const value = this.get(key);
    return typeof value === 'number' ? value : otherwise;
  }

  /** Tells an option that is set and is none of those that our mels have. */
  only(key: string, values: readonly unknown[], what: string): void {
    const value = this.get(key);
    if (value === undefined || values.includes(value)) return;
    this.tell(key, what);
  }

  tell(key: string, what: string): void {
    const name = this.at === '' ? key : `${this.at}.${key}`;
    const value = this.get(key);
    this.odd.push(
      `${name}${value === undefined ? ' is not set' : `=${JSON.stringify(value)}`}: ${what}`,
    );
  }
}

const WINDOW = 'mels made here have a Hann window; for its own sound make them with its program';

const LOG10 = { log: 'log10', floor: 1e-10, floorBy: 'clamp' } as const;

/** How each program's mels differ from HiFi-GAN's. */
export const melFacts: Readonly<Record<LayoutName, (facts: unknown) => MelFacts>> = {
  reference: () => ({ values: {}, odd: [] }),
  // SpeechT5's feature extractor has ESPnet's mel, which has ParallelWaveGAN's.
  transformers: () => ({ values: { ...LOG10, framing: 'centred' }, odd: [] }),
  espnet: (facts) => {
    const options = new MelOptions(facts, 'feats_extract_conf');
    const top = new MelOptions(facts, '');
    top.only('feats_extract', ['fbank', null], 'its mels are made in another way than fbank does');
    const htk = options.get('htk') === true ? ({ filterbank: 'htk' } as const) : {};
    return finished(options, { ...baseOf(options), ...htk, framing: 'centred' }, top.odd);
  },
  'parallel-wavegan': (facts) => {
    const options = new MelOptions(facts, '');
    return finished(options, { ...baseOf(options), framing: 'centred' });
  },
  coqui,
  nemo,
};

function finished(
  options: MelOptions,
  values: Partial<MelProfile>,
  more: readonly string[] = [],
): MelFacts {
  return { values, odd: [...more, ...options.odd] };
}

/** Logarithms of base 10, or natural ones where `log_base` is null, of ParallelWaveGAN and ESPnet. */
function baseOf(options: MelOptions): Partial<MelProfile> {
  options.only('window', ['hann', null], WINDOW);
  options.only('log_base', [10, null], 'logarithms are of base 10 or e here; its level is wrong');
  return { ...LOG10, ...(options.get('log_base') === null && { log: 'natural' as const }) };
}

/**
 * Of Coqui's AudioProcessor (TTS/utils/audio/processor.py, numpy_transforms.py): `spec_gain` times the logarithm, where
 * 20 of base 10 is decibels and 1 of base e is natural, then what `signal_norm` does, which is on where nothing is
 * said.
 */
function coqui(facts: unknown): MelFacts {
  const options = new MelOptions(facts, 'audio');
  const natural = options.get('log_func') === 'np.log';
  const gain = options.number('spec_gain', 20);
  if (gain !== (natural ? 1 : 20) && !(gain === 1 && !natural)) {
    options.tell('spec_gain', 'logarithms are taken once or as decibels here; its level is wrong');
  }
  options.only('stft_pad_mode', ['reflect'], 'frames at the ends differ from those made here');
  for (const key of ['do_rms_norm', 'do_sound_norm']) {
    options.only(key, [false, null], 'its recordings were brought to one level first; do so, too');
  }
  const log = natural ? 'natural' : gain === 20 ? 'decibel' : 'log10';
  const preemphasis = options.number('preemphasis', 0);
  const isNormalised = options.get('signal_norm') !== false;
  if (isNormalised) options.only('clip_norm', [true], 'what lies beyond its range is cut off here');
  return finished(options, {
    ...{ log: options.get('do_amp_to_db_mel') === false ? 'none' : log },
    ...{ floor: 1e-8, floorBy: 'clamp', framing: 'centred' },
    ...(preemphasis > 0 && { preemphasis }),
    ...(isNormalised && { normalisation: coquiNormalisation(options) }),
  });
}

/** By a file of statistics, or a line from the lowest level to the reference level. */
function coquiNormalisation(options: MelOptions): MelProfile['normalisation'] {
  if (typeof options.get('stats_path') === 'string') return { kind: 'statistics' };
  const high = options.number('ref_level_db', 20);
  const to = options.number('max_norm', 4);
  return {
    kind: 'range',
    ...{ low: high + options.number('min_level_db', -100), high },
    ...{ from: options.get('symmetric_norm') === false ? 0 : -to, to },
  };
}

/** Of float32: the smallest normal number, and the distance from 1 to the next. */
const NAMED_GUARDS: Readonly<Record<string, number>> = { tiny: 2 ** -126, eps: 2 ** -23 };

/**
 * Of NeMo's FilterbankFeatures (nemo/collections/asr/parts/preprocessing/features.py), with what its constructor takes
 * where the configuration is silent: it normalises clips and has a pre-emphasis then.
 */
function nemo(facts: unknown): MelFacts {
  const options = new MelOptions(facts, 'preprocessor');
  const guard = options.get('log_zero_guard_value') ?? 2 ** -24;
  const floor = typeof guard === 'string' ? NAMED_GUARDS[guard] : guard;
  if (typeof floor !== 'number') {
    options.tell('log_zero_guard_value', 'must be a number, "tiny" or "eps"; 2^-24 is taken');
  }
  options.only('window', ['hann'], WINDOW);
  options.only('frame_splicing', [1, null], 'it joins frames, and none are joined here');
  options.only('mel_norm', ['slaney', null], 'bands have area 1 or height 1 here');
  const power = options.number('mag_power', 2);
  if (power !== 1 && power !== 2) {
    options.tell('mag_power', 'bands sum amplitudes or powers here; its level is wrong');
  }
  const preemphasis = options.get('preemph') === null ? 0 : options.number('preemph', 0.97);
  const isPadded = options.get('exact_pad') === true || options.get('stft_exact_pad') === true;
  const { normalisation, statistics } = nemoNormalisation(options);
  return {
    values: {
      log: options.get('log') === false ? 'none' : 'natural',
      floor: typeof floor === 'number' ? floor : 2 ** -24,
      floorBy: options.get('log_zero_guard_type') === 'clamp' ? 'clamp' : 'add',
      framing: isPadded ? 'hop' : 'centred',
      magnitude: power === 1 ? 'amplitude' : 'power',
      bands: options.get('mel_norm') === null ? 'peak' : 'area',
      // Under the root, where gradients go through it.
      ...(options.get('use_grads') === true && { guard: 1e-5 }),
      ...(preemphasis > 0 && { preemphasis }),
      ...(normalisation && { normalisation }),
    },
    odd: options.odd,
    statistics,
  };
}

/** Clip by clip, which no statistics undo, or by numbers in the configuration; other words mean nothing to NeMo. */
function nemoNormalisation(
  options: MelOptions,
): Pick<MelFacts, 'statistics'> & Pick<MelProfile, 'normalisation'> {
  const normalize = options.get('normalize');
  if (normalize === undefined || normalize === 'per_feature' || normalize === 'all_features') {
    options.tell(
      'normalize',
      `its mels are normalised clip by clip${normalize === undefined ? ' then' : ''}, which loses their level: it speaks right of mels that were normalised so alone, each by its own mean and deviation (--mel-statistics FILE of the clip turns such a mel back)`,
    );
    return { normalisation: { kind: 'statistics' } };
  }
  const { fixed_mean: mean, fixed_std: scale } = Object(normalize) as Record<string, unknown>;
  if (mean === undefined || scale === undefined) return {};
  if (!isNumbers(mean) || !isNumbers(scale)) {
    options.tell(
      'normalize',
      'its fixed_mean and fixed_std must be lists of numbers; mels are taken as they are, at a wrong level',
    );
    return {};
  }
  return { statistics: { mean: Float32Array.from(mean), scale: Float32Array.from(scale) } };
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'number');
}
