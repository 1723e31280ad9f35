import { MelError, type StoredArray } from '../mel-array.js';
import type { Mel } from '../mel-spectrogram.js';
import { convertMel } from './convert-mel.js';
import { judgeProfile, LEAST_FRAMES } from './judge-profile.js';
import type { MelProfile } from './mel-profile.js';
import { melProfiles } from './mel-profiles.js';
import { fallAlong, type MelValues, melValues } from './mel-values.js';
import { sameFrameRate, sameMel } from './same-mel.js';

/** A convention that a mel may be of. */
export interface MelCandidate {
  readonly name: string;
  readonly profile: MelProfile;
  /** From 0 to 1, all together 1: how likely among those that are known. */
  readonly score: number;
  /** What speaks for it, in words. */
  readonly reasons: readonly string[];
}

/** What an array turned out to be. */
export interface MelRecognition {
  /** `[frames, mels]`, axes put right; absent where the array can be no mel. */
  readonly mel?: Mel;
  /** How its axes lie: as `[mels, frames]`, as `[frames, mels]`, or nothing tells. */
  readonly axes: 'mels first' | 'frames first' | 'unknown';
  /** Likeliest first; those that cannot be are left out. */
  readonly candidates: readonly MelCandidate[];
  /**
   * `fits`: what the model wants, or nothing speaks against it; `foreign`: of another convention; `unknown`: not what
   * is wanted, and nothing that is known; `broken`: no mel at all.
   */
  readonly verdict: 'fits' | 'foreign' | 'unknown' | 'broken';
  /** Where it is foreign: what to take it for, if all that it may be comes to the same. */
  readonly sure?: MelCandidate;
  /** What was found, in sentences without a full stop. */
  readonly evidence: readonly string[];
}

export interface RecognizeMelOptions {
  /** What the model takes. */
  readonly wanted: MelProfile;
  /** Its name; that of the catalogue where it is there, else `model`. */
  readonly wantedName?: string;
}

/** Less likely ones by so much (in natural logarithms) are no candidates. */
const MARGIN = 4;
/** What is wanted is given up only for something likelier by this much. */
const LOYALTY = 4;
/** A convention with more against it is none that is recognised. */
const PLAUSIBLE = 7;
/** Mean distance, natural logarithms, up to which two readings come to the same. */
const ALIKE = 0.25;
/** Frames that readings are compared on. */
const COMPARED = 64;

/**
 * Tells what the numbers of a stored mel are. What nothing tells is said: a sampling rate and a hop leave no trace in
 * the values, statistics that were taken out are gone.
 *
 * @param array as in a file, `[mels, frames]`, `[frames, mels]`, or with a first axis of 1
 */
export function recognizeMel(array: StoredArray, options: RecognizeMelOptions): MelRecognition {
  const { wanted } = options;
  const wantedName = options.wantedName ?? nameOf(wanted) ?? 'model';
  const named = [
    { name: wantedName, profile: wanted },
    ...melProfiles.filter(({ name, profile }) => name !== wantedName && !equal(profile, wanted)),
  ];
  const shape =
    array.shape.length === 3 && array.shape[0] === 1 ? array.shape.slice(1) : array.shape;
  const broken = (...evidence: string[]): MelRecognition => ({
    axes: 'unknown',
    candidates: [],
    verdict: 'broken',
    evidence,
  });
  const shownShape = `[${array.shape.join(', ')}]`;
  if (shape.length !== 2) {
    return broken(
      `its shape ${shownShape} is that of no mel: two axes are needed, bands and frames`,
    );
  }
  const [rows, columns] = shape;
  if (rows === 0 || columns === 0) return broken(`its shape ${shownShape} holds no values`);
  if (!(array.data instanceof Float32Array || array.data instanceof Float64Array)) {
    return broken('its values are whole numbers, where those of a mel are floating-point');
  }
  let spoilt = 0;
  for (const value of array.data) spoilt += Number(!Number.isFinite(value));
  if (spoilt > 0) {
    return broken(
      `${spoilt} of its ${array.data.length} values are NaN or infinite: make it again from its recording`,
    );
  }
  const bands = new Set(named.map(({ profile }) => profile.mels));
  const readings = [
    ...(bands.has(rows) ? [reading(array.data, rows, columns, 'mels first')] : []),
    ...(bands.has(columns) ? [reading(array.data, columns, rows, 'frames first')] : []),
  ];
  if (readings.length === 0) {
    return broken(
      `neither of its axes ${shownShape} has a number of bands that is known (${[...bands].sort((a, b) => a - b).join(', ')}; the model has ${wanted.mels})`,
    );
  }
  // Where both axes may hold the bands, that of the model, and else the one along which sound falls.
  const [one, other] = readings;
  const own = readings.filter(({ mel }) => mel.mels === wanted.mels);
  const chosen =
    other === undefined
      ? one
      : own.length === 1
        ? own[0]
        : other.fall > one.fall + 0.5
          ? other
          : one;
  return judge(chosen, { named, wanted, wantedName, square: own.length === 2 });
}

interface Reading {
  readonly mel: Mel;
  readonly values: MelValues;
  readonly axes: 'mels first' | 'frames first';
  readonly fall: number;
}

function reading(
  data: Float32Array | Float64Array,
  mels: number,
  frames: number,
  axes: Reading['axes'],
): Reading {
  const turned = Float32Array.from(data);
  if (axes === 'mels first') {
    for (let band = 0; band < mels; band++) {
      for (let frame = 0; frame < frames; frame++) {
        turned[frame * mels + band] = data[band * frames + frame];
      }
    }
  }
  const mel = { data: turned, frames, mels };
  const bandsFirst =
    axes === 'mels first' ? fallAlong(data, mels, frames) : fallOfColumns(data, frames, mels);
  return { mel, values: melValues(mel), axes, fall: bandsFirst };
}

function fallOfColumns(data: ArrayLike<number>, frames: number, mels: number): number {
  const turned = new Float32Array(frames * mels);
  for (let frame = 0; frame < frames; frame++) {
    for (let band = 0; band < mels; band++)
      turned[band * frames + frame] = data[frame * mels + band];
  }
  return fallAlong(turned, mels, frames);
}

interface Named {
  readonly name: string;
  readonly profile: MelProfile;
}

function judge(
  { mel, values, axes, fall }: Reading,
  {
    named,
    wanted,
    wantedName,
    square,
  }: { named: readonly Named[]; wanted: MelProfile; wantedName: string; square: boolean },
): MelRecognition {
  const judged = named
    .filter(({ profile }) => profile.mels === mel.mels)
    .map((one) => ({ ...one, ...judgeProfile(mel, values, one.profile) }))
    .filter(({ penalty }) => Number.isFinite(penalty))
    .sort((a, b) => a.penalty - b.penalty);
  const best = judged[0]?.penalty ?? Number.POSITIVE_INFINITY;
  const own = judged.find(({ name }) => name === wantedName);
  const fits =
    mel.mels === wanted.mels &&
    own !== undefined &&
    // What is no speech is not held against the model's own convention.
    (own.penalty <= best + LOYALTY || best > PLAUSIBLE);
  const likely = judged.filter(({ penalty }) => penalty <= Math.max(best, -2) + MARGIN);
  const kept = fits && !likely.includes(own) ? [own, ...likely] : likely;
  const weights = kept.map(({ penalty }) => Math.exp(best - penalty));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const candidates: MelCandidate[] = kept.map(({ name, profile, reasons }, at) => ({
    name,
    profile,
    score: weights[at] / total,
    reasons,
  }));
  const evidence = [
    `${mel.mels} bands, ${mel.frames} frames (${axes === 'mels first' ? '[mels, frames]' : '[frames, mels]'}), values from ${values.low.toFixed(4)} to ${values.high.toFixed(4)}`,
    ...(axes === 'frames first'
      ? ['its axes are [frames, mels], where this program stores [mels, frames]']
      : []),
    ...(square
      ? [
          `it has as many frames as bands: the axes were told by the fall of sound towards high bands (${fall.toFixed(1)} deviations), which may be wrong`,
        ]
      : []),
    ...(mel.frames < LEAST_FRAMES
      ? [`${mel.frames} frames are too few to tell more than where the values end`]
      : []),
  ];
  if (fits) {
    return { mel, axes, candidates, verdict: 'fits', evidence: [...evidence, ...own.reasons] };
  }
  const plausible = candidates.length > 0 && best <= PLAUSIBLE;
  if (!plausible) {
    return {
      mel,
      axes,
      candidates,
      verdict: 'unknown',
      evidence: [...evidence, 'no convention that is known has such values'],
    };
  }
  const sure = comesToOne(mel, candidates, wanted) ? candidates[0] : undefined;
  return {
    mel,
    axes,
    candidates,
    verdict: 'foreign',
    ...(sure && { sure }),
    evidence: [...evidence, ...candidates[0].reasons, ...(sure ? [] : [whyUnsure(candidates)])],
  };
}

/** Whether all that a mel may be is the same to the model. */
function comesToOne(mel: Mel, candidates: readonly MelCandidate[], wanted: MelProfile): boolean {
  const [first, ...others] = candidates;
  if (candidates.some(({ profile }) => profile.normalisation?.kind === 'statistics')) return false;
  if (others.length === 0) return true;
  // A part is enough: it is the numbers that are compared.
  const frames = Math.min(mel.frames, COMPARED);
  const part = { ...mel, frames, data: mel.data.subarray(0, frames * mel.mels) };
  const convert = (profile: MelProfile) => convertMel(part, profile, wanted).mel;
  const own = convert(first.profile);
  return others.every(({ profile }) => {
    if (sameMel(profile, first.profile)) return true;
    if (!sameFrameRate(profile, first.profile)) return false;
    const { data } = convert(profile);
    let sum = 0;
    for (let at = 0; at < data.length; at++) sum += Math.abs(data[at] - own.data[at]);
    return sum / data.length <= ALIKE;
  });
}

function whyUnsure(candidates: readonly MelCandidate[]): string {
  if (candidates[0].profile.normalisation?.kind === 'statistics') {
    return 'the statistics that were taken out are not in the values: the profile must be named and they must be given';
  }
  const rates = new Set(
    candidates.map(({ profile }) => `${profile.samplingRate} Hz, hop ${profile.hopSize}`),
  );
  return rates.size > 1
    ? `nothing in the values tells the sampling rate and the hop (${[...rates].join('; ')})`
    : 'several conventions have such values, and the model would hear a difference';
}

function nameOf(profile: MelProfile): string | undefined {
  return melProfiles.find((one) => equal(one.profile, profile))?.name;
}

function equal(a: MelProfile, b: MelProfile): boolean {
  const sorted = (profile: MelProfile) => JSON.stringify(Object.entries(profile).sort());
  return sorted(a) === sorted(b);
}

/** The mel of a recognition, or an error. @throws MelError where there is none */
export function requireMel({ mel, evidence }: MelRecognition, where: string): Mel {
  if (mel) return mel;
  throw new MelError(`${where}: it is no mel: ${evidence.join('; ')}`);
}
