import { MelError, type StoredArray } from '../mel-array.js';
import type { Mel } from '../mel-spectrogram.js';
import { judgeProfile, LEAST_FRAMES, lowestOf, type ProfileJudgement } from './judge-profile.js';
import { comesToOne, type MelCandidate, meaningOf, whyUnsure } from './mel-candidate.js';
import { withoutStatistics } from './mel-levels.js';
import { melMistakes, scaledByItself } from './mel-mistakes.js';
import type { MelProfile, MelStatistics } from './mel-profile.js';
import { melProfiles } from './mel-profiles.js';
import { fallAlong, fallOfColumns, type MelValues, melValues } from './mel-values.js';
import { sameBands, sameFrameRate, sameMel } from './same-mel.js';
import { unnamedReading } from './unnamed-readings.js';

/** What an array turned out to be. */
export interface MelRecognition {
  /** `[frames, mels]`, axes put right; absent where the array can be no mel. */
  readonly mel?: Mel;
  /** How its axes lie: as `[mels, frames]`, as `[frames, mels]`, or nothing tells. */
  readonly axes: 'mels first' | 'frames first' | 'unknown';
  /**
   * Likeliest first, but the model's own before them where it fits or may fit, and they are likelier by more than a
   * margin; those that cannot be are left out.
   */
  readonly candidates: readonly MelCandidate[];
  /**
   * `fits`: what the model wants, or nothing speaks against it; `unsure`: it may be what the model wants, but the values
   * have what its mels have not, or nothing but how speech usually is speaks for another; `foreign`: of another convention;
   * `unknown`: not what is wanted, and nothing that is known; `broken`: no mel at all.
   */
  readonly verdict: 'fits' | 'unsure' | 'foreign' | 'unknown' | 'broken';
  /** Where it is foreign: what to take it for, if all that it may be comes to the same. */
  readonly sure?: MelCandidate;
  /**
   * Which else it may be, and what it is taken for would then sound otherwise, but no more than ALIKE where it is sure.
   */
  readonly rivals: readonly MelCandidate[];
  /** What was found, in sentences without a full stop. */
  readonly evidence: readonly string[];
}

export interface RecognizeMelOptions {
  /** What the model takes. */
  readonly wanted: MelProfile;
  /** Its name; that of the catalogue where it is there, else `model`. */
  readonly wantedName?: string;
  /** Those that were taken out of it, if they were: with them, profiles that are normalised so are told apart. */
  readonly statistics?: MelStatistics;
}

/** Less likely ones by so much (in natural logarithms) are no candidates. */
const MARGIN = 4;
/** What is wanted is given up only for something likelier by this much. */
const LOYALTY = 4.2;
/** A convention with more against it is none that is recognised. */
const PLAUSIBLE = 7;
/** With a mistake undone it is speech beyond doubt: recordings have up to 1. */
const SPEECH = 3;
/** … and likelier by so much than what has a name. */
const BY_MISTAKE = 2;
/** Share of the values that undoing a mistake may raise to the floor, where something that has a name fits. */
const MOST_CUT = 0.05;
/** … and where nothing that has a name fits: beyond, hardly anything of the mel is left to judge by. */
const MOST_CUT_ALONE = 0.6;
/** What fits best has: on its floor, and as usual speech is. */
const LEAST = -2;
/**
 * Behind the likeliest by more than this, the model's own is no reading of a sound either: speech under noise rises and
 * falls together less than clean speech does. Measured: sounds that are no speech up to 13.1 in the model's own, noisy
 * speech in base 10, SNR 10 to 30 dB, from 17.1 on.
 */
const HOPELESS = 15;
/** For what is normalised by no statistics, where some are given. */
const NOT_GIVEN = 4;
/** Of two that are this near, that comes first whose files have their axes so: it is an order, and no evidence. */
const LAYOUT = 0.25;

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
    rivals: [],
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
  const { statistics } = options;
  return judge(chosen, { named, wanted, wantedName, statistics, square: own.length === 2 });
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

interface Judged extends Named, ProfileJudgement {}

interface Named {
  readonly name: string;
  readonly profile: MelProfile;
  readonly layout?: Reading['axes'];
}

function judge(
  { mel, values, axes, fall }: Reading,
  {
    named,
    wanted,
    wantedName,
    statistics,
    square,
  }: {
    readonly named: readonly Named[];
    readonly wanted: MelProfile;
    readonly wantedName: string;
    readonly statistics?: MelStatistics;
    readonly square: boolean;
  },
): MelRecognition {
  const restored = statistics?.mean.length === mel.mels && withoutStatistics(mel, statistics);
  const restoredValues = restored && melValues(restored);
  const all = named
    .filter(({ profile }) => profile.mels === mel.mels)
    .map((one) => {
      const { profile } = one;
      if (profile.normalisation?.kind !== 'statistics' || !restored || !restoredValues) {
        const found = judgeProfile(mel, values, profile);
        // Who gives some says that some were taken out.
        return { ...one, ...found, penalty: found.penalty + (statistics ? NOT_GIVEN : 0) };
      }
      const plain = { ...profile, normalisation: undefined };
      return { ...one, ...judgeProfile(restored, restoredValues, plain) };
    });
  const judged = all
    .filter(({ penalty }) => Number.isFinite(penalty))
    .sort((a, b) => rank(a, axes) - rank(b, axes));
  const best = Math.min(...judged.map(({ penalty }) => penalty));
  const own = judged.find(({ name }) => name === wantedName);
  const mistake = mistakeOf(mel, values, { wanted, own, best });
  const fits =
    mel.mels === wanted.mels &&
    own !== undefined &&
    mistake === undefined &&
    // What is no speech is not held against the model's own convention.
    (own.penalty <= best + LOYALTY || best > PLAUSIBLE);
  const likely = judged.filter(({ penalty }) => penalty <= Math.max(best, LEAST) + MARGIN);
  const doubt = doubtOfOwn(own, {
    fits,
    likeliest: mistake || best > PLAUSIBLE ? undefined : likely[0],
  });
  const kept =
    own && (fits || doubt !== undefined) && !likely.includes(own) ? [own, ...likely] : likely;
  const weights = kept.map(({ penalty }) => Math.exp(best - penalty));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const candidates: MelCandidate[] = kept.map(({ name, profile, reasons, peak }, at) => ({
    name,
    profile,
    score: weights[at] / total,
    reasons,
    meaning: meaningOf(mel.frames, profile, peak),
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
  if (own && (fits || doubt !== undefined)) {
    return {
      mel,
      axes,
      candidates,
      // A rate or bands that are not the model's are another sound; logarithms and floors are alike, or it would not
      // fit.
      rivals: candidates.filter(
        ({ profile }) => !sameBands(profile, wanted) || !sameFrameRate(profile, wanted),
      ),
      verdict: doubt === undefined ? 'fits' : 'unsure',
      evidence: [
        ...evidence,
        ...own.reasons,
        `it would be ${meaningOf(mel.frames, wanted, own.peak)}: no value tells the sampling rate and the hop, so hold the length against its recording's`,
        ...(doubt === undefined ? [] : [doubt]),
      ],
    };
  }
  const plausible = candidates.length > 0 && best <= PLAUSIBLE && mistake === undefined;
  if (!plausible) {
    return {
      mel,
      axes,
      candidates,
      rivals: [],
      verdict: 'unknown',
      evidence: [
        ...evidence,
        mistake && best <= PLAUSIBLE
          ? `${judged[0].name} has such values, but a mistake on the way to the model's own is likelier`
          : 'no convention that is known has such values',
        ...(all.find(({ name }) => name === wantedName)?.reasons ?? []),
        ...(mistake ? [mistake] : []),
      ],
    };
  }
  const [first, ...rivals] = candidates;
  const alike = comesToOne(mel, { candidates, wanted, statistics });
  const taken = melProfiles.find(({ name }) => name === first.name);
  const unnamed =
    alike && taken ? unnamedReading(mel, { taken, penalty: likely[0].penalty, wanted }) : undefined;
  const scaled = first.profile.normalisation?.kind === 'range' ? scaledByItself(values) : undefined;
  const { against } = likely[0];
  const doubts = [
    ...(against.length > 0 ? [`this speaks against ${first.name}: ${against.join('; ')}`] : []),
    ...(alike ? [] : [whyUnsure(candidates, statistics !== undefined)]),
    ...(scaled ? [scaled] : []),
    ...(unnamed === undefined
      ? []
      : [
          `it may as well be ${unnamed}, and the model would hear a difference: name the profile, or give one of your own`,
        ]),
  ];
  const sure = doubts.length === 0 ? first : undefined;
  return {
    mel,
    axes,
    candidates,
    verdict: 'foreign',
    ...(sure && { sure }),
    rivals: rivals.filter(({ profile }) => !sameMel(profile, first.profile)),
    evidence: [...evidence, ...first.reasons, ...doubts],
  };
}

/** Where a mel comes in the order of what it may be, less first. */
function rank({ penalty, layout = 'mels first' }: Judged, axes: Reading['axes']): number {
  return penalty + (layout === axes ? 0 : LAYOUT);
}

function isUncontradicted({ against }: ProfileJudgement): boolean {
  return against.length === 0;
}

/**
 * Why a mel may be the model's own or not, as a sentence without a full stop; undefined where it is the one or the other.
 *
 * @param fits whether it is taken for the model's own
 * @param likeliest what it is taken for otherwise, if for anything
 */
function doubtOfOwn(
  own: Judged | undefined,
  { fits, likeliest }: { readonly fits: boolean; readonly likeliest?: Judged },
): string | undefined {
  if (own === undefined) return undefined;
  if (fits) {
    return isUncontradicted(own)
      ? undefined
      : `it may be the model's own, but this speaks against it: ${own.against.join('; ')}`;
  }
  // Of anything but speech the statistics of speech tell nothing.
  if (likeliest === undefined || !isUncontradicted(own)) return undefined;
  const { name, isSpeech, against, penalty } = likeliest;
  const mayBeSound = isSpeech === false && own.penalty - penalty <= HOPELESS;
  if (!mayBeSound && isUncontradicted(likeliest)) return undefined;
  return `as speech it would be ${name}, but ${mayBeSound ? 'its bands do not rise and fall together as those of clean speech do' : against.join('; ')}: of another sound it may be the model's own, which nothing else speaks against`;
}

/** What was done to a mel that would be the model's without it, and by far likelier than all else, in words. */
function mistakeOf(
  mel: Mel,
  values: MelValues,
  {
    wanted,
    own,
    best,
  }: {
    readonly wanted: MelProfile;
    readonly own?: ProfileJudgement;
    /** The least penalty of those that have names. */
    readonly best: number;
  },
): string | undefined {
  const isNone = best > PLAUSIBLE;
  // Of a range of its own, one value may be cut off at the end.
  const scaled =
    isNone && wanted.normalisation?.kind !== 'range' ? scaledByItself(values) : undefined;
  if (scaled || mel.mels !== wanted.mels || mel.frames < LEAST_FRAMES) return scaled;
  // Without their statistics, no value of those means anything.
  if (wanted.normalisation?.kind === 'statistics') return undefined;
  const most = Math.min(SPEECH, best - BY_MISTAKE);
  if (most < LEAST) return undefined;
  const lowest = lowestOf(wanted);
  return melMistakes.find(({ undo, isImpossible }) => {
    // What may be the model's own, or another's that has a name, is no mistake without need.
    if (isImpossible ? own : !isNone) return false;
    const before = undo(mel, wanted, lowest);
    if (!before) return false;
    const undone = melValues(before);
    // A floor that undoing makes, and nothing had, is evidence against it.
    const cut = (undone.atLow - values.atLow) / values.count;
    if (cut > (isNone ? MOST_CUT_ALONE : MOST_CUT)) return false;
    return judgeProfile(before, undone, wanted).penalty <= most;
  })?.words;
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
