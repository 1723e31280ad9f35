import type { MelProfile, MelStatistics } from '@hifigan/audio';
import type { LayoutName } from '@hifigan/models';
import { lineOf, OptionReader, scaledLogarithm } from './option-reader.js';
import { PREPROCESSOR } from './transformers-features.js';

/** What a program's configuration says of its mels, beside what HiFi-GAN's own says. */
export interface MelFacts {
  readonly values: Partial<MelProfile>;
  /** What no profile can say: option, its value and what comes of it. */
  readonly odd: readonly string[];
  /** The file that these options stand in, where it is not the configuration. */
  readonly oddIn?: string;
  /** Means and deviations that the configuration itself holds. */
  readonly statistics?: MelStatistics;
  /** Those that are there and not used: means that are not taken off, deviations that are not divided by. */
  readonly unused?: readonly ('mean' | 'scale')[];
}

/** Of a configuration in our keys. */
interface Sizes {
  readonly n_fft: number;
}

const WINDOW = 'mels made here have a Hann window; for its own sound make them with its program';

const CLIP_BY_CLIP =
  'which loses their level: it speaks right of mels that were normalised so alone, each by its own mean and deviation (--mel-statistics FILE of the clip turns such a mel back)';

/** The smallest sum of ParallelWaveGAN, ESPnet and SpeechT5's feature extractor. */
const FLOOR = 1e-10;

/** How each program's mels differ from HiFi-GAN's. */
export const melFacts: Readonly<Record<LayoutName, (facts: unknown, sizes: Sizes) => MelFacts>> = {
  reference: () => ({ values: {}, odd: [] }),
  transformers,
  espnet,
  'parallel-wavegan': parallelWaveGan,
  coqui,
  nemo,
};

/**
 * SpeechT5's feature extractor (transformers/models/speecht5/feature_extraction_speecht5.py) has ESPnet's mel, which
 * has ParallelWaveGAN's.
 */
function transformers(facts: unknown): MelFacts {
  const options = new OptionReader(facts, 'features', '');
  options.only('win_function', ['hann_window'], WINDOW);
  const floor = options.number('mel_floor', FLOOR);
  const values = { log: 'log10', floor, floorBy: 'clamp', framing: 'centred' } as const;
  return { ...finished(options, values), oddIn: PREPROCESSOR };
}

/** Of ParallelWaveGAN (parallel_wavegan/bin/preprocess.py). */
function parallelWaveGan(facts: unknown): MelFacts {
  const options = new OptionReader(facts, '');
  const gain = options.number('global_gain_scale', 1);
  // After the mel was made: 0 is none.
  if (gain > 0 && gain !== 1) {
    const decibels = (20 * Math.log10(gain)).toFixed(1);
    options.tell(
      'global_gain_scale',
      `it learned to speak at ${decibels} dB of the recordings that its mels are made of, and does so here; set the level of what is spoken (--loudness, --peak)`,
    );
  }
  const rate = options.get('sampling_rate');
  options.only(
    'sampling_rate_for_feats',
    [rate, null],
    `its mels are made of recordings at that rate, and here at ${rate} Hz, which are others; for its own sound make them with its program`,
  );
  return finished(options, { ...logarithmOf(options), framing: 'centred' });
}

/**
 * Of ESPnet's LogMelFbank and GlobalMVN (espnet2/tts/feats_extract/log_mel_fbank.py, espnet2/layers/stft.py,
 * global_mvn.py).
 */
function espnet(facts: unknown, { n_fft: size }: Sizes): MelFacts {
  const options = new OptionReader(facts, 'feats_extract_conf');
  const top = new OptionReader(facts, '');
  top.only('feats_extract', ['fbank', null], 'its mels are made in another way than fbank does');
  top.only(
    'normalize',
    ['global_mvn', null],
    `its mels are normalised clip by clip, ${CLIP_BY_CLIP}`,
  );
  options.only(
    'center',
    [true],
    `its frames lie ${size / 2} samples later and are fewer, as nothing is put before the recording; those made here sound that much early`,
  );
  const gain = options.get('normalized') === true ? size ** -0.5 : 1;
  const htk = options.get('htk') === true ? ({ filterbank: 'htk' } as const) : {};
  const values = { ...logarithmOf(options, gain), ...htk, framing: 'centred' } as const;
  const unused = [
    ...(top.get('normalize_conf.norm_means') === false ? (['mean'] as const) : []),
    ...(top.get('normalize_conf.norm_vars') === false ? (['scale'] as const) : []),
  ];
  return { ...finished(options, values, top.odd), unused };
}

function finished(
  options: OptionReader,
  values: Partial<MelProfile>,
  more: readonly string[] = [],
): MelFacts {
  return { values, odd: [...more, ...options.odd] };
}

/**
 * Of ParallelWaveGAN and ESPnet: logarithms of base 10 or 2, natural ones where `log_base` is null.
 *
 * @param gain of amplitudes, before the floor
 */
function logarithmOf(
  options: OptionReader,
  gain = 1,
): Pick<MelProfile, 'log' | 'floor' | 'floorBy' | 'normalisation'> {
  options.only('window', ['hann', null], WINDOW);
  options.only('log_base', [10, 2, null], 'its program has base 10, 2 or e alone; 10 is taken');
  const given = options.get('log_base');
  const base = given === null ? null : given === 2 ? 2 : 10;
  return { ...scaledLogarithm(FLOOR, { base, gain }), floorBy: 'clamp' };
}

/**
 * Of Coqui's AudioProcessor (TTS/utils/audio/processor.py, numpy_transforms.py): `spec_gain` times the logarithm, where
 * 20 of base 10 is decibels and 1 of base e is natural, then what `signal_norm` does, which is on where nothing is
 * said.
 */
function coqui(facts: unknown): MelFacts {
  const options = new OptionReader(facts, 'audio');
  options.only(
    'log_func',
    ['np.log', 'np.log10'],
    'its program has these two alone; np.log10 is taken',
  );
  options.only('stft_pad_mode', ['reflect'], 'frames at the ends differ from those made here');
  for (const key of ['do_rms_norm', 'do_sound_norm']) {
    options.only(key, [false, null], 'its recordings were brought to one level first; do so, too');
  }
  // Lengths in milliseconds count where the hop is not given in samples, the window's too.
  if (options.get('hop_length') === null) {
    options.only(
      'frame_length_ms',
      [null],
      'its window has that length, and win_length of it here',
    );
  }
  const preemphasis = options.number('preemphasis', 0);
  return finished(options, {
    ...coquiLevels(options),
    ...{ floor: COQUI_FLOOR, floorBy: 'clamp', framing: 'centred' },
    ...(preemphasis > 0 && { preemphasis }),
  });
}

const COQUI_FLOOR = 1e-8;

/** Logarithm and normalisation: by a file of statistics, or a line from the lowest level to the reference level. */
function coquiLevels(options: OptionReader): Pick<MelProfile, 'log' | 'normalisation'> {
  const natural = options.get('log_func') === 'np.log';
  const gain = options.number('spec_gain', 20);
  const isPlain = options.get('do_amp_to_db_mel') === false;
  const isDecibel = !isPlain && !natural && gain === 20;
  const base = natural ? ('natural' as const) : ('log10' as const);
  const log = isPlain ? 'none' : isDecibel ? 'decibel' : base;
  // Of our logarithm into theirs.
  const slope = isPlain || isDecibel ? 1 : gain;
  const line = (rise: number, offset: number) =>
    lineOf({ log: base, floor: COQUI_FLOOR }, rise, offset);
  if (options.get('signal_norm') === false) {
    return { log, ...(slope !== 1 && { normalisation: line(slope, 0) }) };
  }
  if (typeof options.get('stats_path') === 'string') {
    if (slope !== 1)
      options.tell(
        'spec_gain',
        'statistics of such logarithms do not fit here; its level is wrong',
      );
    return { log, normalisation: { kind: 'statistics' } };
  }
  const reference = options.number('ref_level_db', 20);
  const [low, high] = [reference + options.number('min_level_db', -100), reference];
  const to = options.number('max_norm', 4);
  const from = options.get('symmetric_norm') === false ? 0 : -to;
  if (options.get('clip_norm') !== false || isPlain) {
    options.only('clip_norm', [true], 'what lies beyond its range is cut off here');
    return {
      log,
      normalisation: { kind: 'range', low: low / slope, high: high / slope, from, to },
    };
  }
  const rise = (to - from) / (high - low);
  return { log: base, normalisation: line(rise * (isDecibel ? 20 : slope), from - rise * low) };
}

/** Of float32: the smallest normal number, and the distance from 1 to the next. */
const NAMED_GUARDS: Readonly<Record<string, number>> = { tiny: 2 ** -126, eps: 2 ** -23 };

/**
 * Of NeMo's FilterbankFeatures (nemo/collections/asr/parts/preprocessing/features.py), with what its constructor takes
 * where the configuration is silent: it normalises clips and has a pre-emphasis then.
 */
function nemo(facts: unknown): MelFacts {
  const options = new OptionReader(facts, 'preprocessor');
  const guard = options.get('log_zero_guard_value') ?? 2 ** -24;
  const floor = typeof guard === 'string' ? NAMED_GUARDS[guard] : guard;
  if (typeof floor !== 'number') {
    options.tell('log_zero_guard_value', 'must be a number, "tiny" or "eps"; 2^-24 is taken');
  }
  options.only('window', ['hann'], WINDOW);
  options.only('frame_splicing', [1, null], 'it joins frames, and none are joined here');
  options.only('mel_norm', ['slaney', null], 'bands have area 1 or height 1 here');
  options.only('log_zero_guard_type', ['add', 'clamp'], 'must be add or clamp; add is taken');
  const power = options.number('mag_power', 2);
  if (power !== 1 && power !== 2) {
    options.tell('mag_power', 'bands sum amplitudes or powers here; its level is wrong');
  }
  tellPadding(options);
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

/** Frames that are put behind each mel, to make their number a multiple. */
function tellPadding(options: OptionReader): void {
  const to = options.get('pad_to') ?? 16;
  if (to === 0 || to === 1) return;
  options.tell(
    'pad_to',
    `${options.get('pad_to') === undefined ? 'it is 16 then: ' : ''}its own mels end in frames of ${options.number('pad_value', 0)}, ${to === 'max' ? 'up to its longest' : `to a multiple of ${to}`}; mels made here end with the recording, and of its own the padding is spoken as well: cut it off`,
  );
}

/** Clip by clip, which no statistics undo, or by numbers in the configuration; other words mean nothing to NeMo. */
function nemoNormalisation(
  options: OptionReader,
): Pick<MelFacts, 'statistics'> & Pick<MelProfile, 'normalisation'> {
  const normalize = options.get('normalize');
  if (normalize === undefined || normalize === 'per_feature' || normalize === 'all_features') {
    options.tell(
      'normalize',
      `its mels are normalised clip by clip${normalize === undefined ? ' then' : ''}, ${CLIP_BY_CLIP}`,
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
