import type { Mel } from '../mel-spectrogram.js';
import { convertMel } from './convert-mel.js';
import { judgeProfile } from './judge-profile.js';
import { ALIKE, comparedPart } from './mel-candidate.js';
import { INT16 } from './mel-mistakes.js';
import { type MelProfile, topOf } from './mel-profile.js';
import { LOG1P, melProfiles, type NamedMelProfile } from './mel-profiles.js';
import { melValues } from './mel-values.js';
import { sameFrameRate, sameMel } from './same-mel.js';

/** What a mel may be that goes by no name: something usual, done to a convention that has one. */
interface UnnamedReading {
  /** To follow "it may as well be". */
  readonly words: string;
  /** What the numbers are then. */
  readonly profile: MelProfile;
  /** By how much the samples were too loud, a natural logarithm of amplitudes. */
  readonly loudness?: number;
}

/** Less likely than what has a name by more than this, in natural logarithms, it is not said. */
const LEAST_LIKELY = 2;

const SHAPES = [
  { filterbank: 'slaney', bands: 'area', words: "librosa's" },
  { filterbank: 'htk', bands: 'peak', words: "torchaudio's" },
] as const;

/**
 * What else a mel may be that the model would hear a difference to, though no name stands for it: in words to follow
 * "it may as well be", undefined where there is nothing. Bands to 8 kHz or to half the rate, of librosa's or of
 * torchaudio's shape, leave little trace in the values, and neither does a scale of the samples in sums without a
 * logarithm.
 *
 * @param taken what it is taken for, with its penalty
 */
export function unnamedReading(
  mel: Mel,
  {
    taken,
    penalty,
    wanted,
  }: {
    readonly taken: NamedMelProfile;
    readonly penalty: number;
    readonly wanted: MelProfile;
  },
): string | undefined {
  const values = melValues(mel);
  // Beneath 0 by what rounding leaves; no sums are.
  if (taken.profile.log === 'none' && values.low < 0) return undefined;
  const readings = [
    ...shapesOf(taken),
    ...ofAmplitudes(taken),
    ...ofSums(taken.profile),
    ...ofOtherSettings(taken),
    ...melProfiles
      .filter(({ profile }) => profile.mels === mel.mels)
      .flatMap(({ profile }) => ofLoudSamples(profile)),
  ].filter(
    ({ profile, loudness }) =>
      loudness || !melProfiles.some((one) => sameMel(one.profile, profile)),
  );
  const part = comparedPart(mel);
  let own: Float32Array | undefined;
  return readings.find(({ profile, loudness }) => {
    const judged = judgeProfile(mel, values, profile, loudness).penalty;
    if (!(judged <= penalty + LEAST_LIKELY)) return false;
    if (!sameFrameRate(profile, taken.profile)) return true;
    own ??= convertMel(part, taken.profile, wanted).mel.data;
    const scale = Math.exp((profile.magnitude === 'power' ? 2 : 1) * (loudness ?? 0));
    const read = { ...part, data: part.data.map((value) => value / scale) };
    const { data } = convertMel(read, profile, wanted).mel;
    let sum = 0;
    for (let at = 0; at < data.length; at++) sum += Math.abs(data[at] - own[at]);
    return sum / data.length > ALIKE;
  })?.words;
}

/**
 * The same sums of bands of another range, or of the other library's shape where it has them of such sizes: their own
 * defaults tell the two apart.
 */
function shapesOf({ profile, isFree }: NamedMelProfile): UnnamedReading[] {
  if (!isFree) return [];
  const half = profile.samplingRate / 2;
  return SHAPES.filter(
    ({ filterbank }) =>
      filterbank === profile.filterbank ||
      melProfiles.some(
        (one) =>
          one.isFree && one.profile.filterbank === filterbank && hasSizesOf(one.profile, profile),
      ),
  ).flatMap(({ words, ...shape }) =>
    [null, 8000]
      .filter((fmax) => (fmax ?? half) <= half)
      .map((fmax) => ({
        words: `of bands of ${words} shape to ${fmax ?? half} Hz`,
        profile: { ...profile, ...shape, fmax },
      })),
  );
}

function hasSizesOf(a: MelProfile, b: MelProfile): boolean {
  const keys = ['samplingRate', 'fftSize', 'hopSize', 'mels', 'magnitude'] as const;
  return keys.every((key) => a[key] === b[key]);
}

/** Decibels of amplitudes differ from those of powers by what sums in a band do; of sizes that have both by name. */
function ofAmplitudes({ profile, isFree }: NamedMelProfile): UnnamedReading[] {
  if (!isFree || profile.log !== 'decibel' || profile.magnitude !== 'power') return [];
  const other = { ...profile, magnitude: 'amplitude', floor: Math.sqrt(profile.floor) } as const;
  if (!melProfiles.some((one) => one.profile.log === 'decibel' && hasSizesOf(one.profile, other))) {
    return [];
  }
  return [{ words: `decibels of amplitudes, of bands to ${topOf(profile)} Hz`, profile: other }];
}

/** What sums without a logarithm may be instead. */
function ofSums(profile: MelProfile): UnnamedReading[] {
  if (profile.log !== 'none') return [];
  return [
    {
      words: `log(1 + sum) of bands to ${topOf(profile)} Hz`,
      profile: { ...profile, ...LOG1P },
    },
  ];
}

/** Programs whose later settings are as usual as those that have the name, and leave the same numbers. */
function ofOtherSettings({ name, profile }: NamedMelProfile): UnnamedReading[] {
  if (name === 'coqui-normalised-4') {
    // coqui-ai/TTS: ref_level_db is 20 or 0, mel_fmax 8000 or none.
    const range = { kind: 'range', low: -100, high: 0, from: 0, to: 4 } as const;
    return [
      { words: 'with ref_level_db 0', profile: { ...profile, normalisation: range } },
      { words: 'of bands to half the rate', profile: { ...profile, fmax: null } },
    ];
  }
  if (name !== 'tacotron2-rayhane') return [];
  return [
    {
      // Rayhane-mamah/Tacotron-2, hparams.py: "For 22050Hz, 275 ~= 12.5 ms".
      words: 'of hop 275 and a window of 1100, with bands from 55 Hz, as later settings of it have',
      profile: { ...profile, fftSize: 2048, windowSize: 1100, hopSize: 275, fmin: 55 },
    },
  ];
}

function ofLoudSamples(profile: MelProfile): UnnamedReading[] {
  if (profile.log !== 'none' || profile.normalisation) return [];
  const what = profile.magnitude === 'power' ? 'powers' : 'amplitudes';
  return [
    {
      words: `${what} of samples from −32768 to 32767, which must be divided by 32768 before the transform`,
      profile,
      loudness: INT16,
    },
  ];
}
