import {
  type Mel,
  MelError,
  type MelSpectrogram,
  melFromArray,
  type StoredArray,
} from '@hifigan/audio';
import { type Alignment, alignments, type OwnMel } from './compare-mels.js';
import { findKind, refuseKind } from './mel-kinds.js';

/** A mel that fits its recording, and what of both to take. */
export interface FittingPair {
  readonly mel: Mel;
  /** As long as the mel. */
  readonly audio: Float32Array;
  readonly facts: PairFacts;
}

/** For the report. */
export interface PairFacts {
  readonly frames: number;
  /** Of the changes in time of the mel and ours of the recording. */
  readonly correlation: number;
  /** Frames by which the mel was found late; absent: none. */
  readonly late_frames?: number;
  /** The axes were swapped. */
  readonly transposed?: true;
  /** What its values were, before they were converted. */
  readonly converted?: string;
}

export interface JudgeOptions {
  readonly spectrogram: MelSpectrogram;
  /** Mend what can be mended without guessing: logarithms of another kind, shifts in time. */
  readonly correct: boolean;
}

/** A mel of the recording has more; of two others it was 0.22 at most (samples/), whatever the shift. */
const LEAST_CORRELATION = 0.5;
/** The logarithm of less is no sound: the square of the magnitude that ours end at. */
const LEAST_POWER = 1e-10;
/** Where our logarithms end. */
const SILENCE = Math.log(1e-5);
/** Of the frames that are due: where so many are missing or left over, the length tells more than the likeness. */
const OTHER_LENGTH = 0.1;
/** Frames that may be missing or left over at the end where shifts are mended. */
const MOST_LEFT_OVER = 12;

/**
 * Looks whether an array is a mel of a recording: axes, bands, kind of values, place in time, length.
 *
 * @throws MelError with the reason where it is none that can be used
 */
export function judgePair(
  array: StoredArray,
  audio: Float32Array,
  { spectrogram, correct }: JudgeOptions,
): FittingPair {
  const own = ownMel(audio, spectrogram);
  const reading = readingsOf(array, spectrogram.options.numMels)
    .map((one) => ({ ...one, ...bestAlignment(own, one.mel) }))
    .reduce((best, one) => (one.correlation > best.correlation ? one : best));
  const { mel, plain, transposed, best, inPlace, correlation } = reading;
  if (!(correlation >= LEAST_CORRELATION)) {
    const at = `the correlation with ours is ${correlation.toFixed(2)} at best, where a mel of it has more than ${LEAST_CORRELATION}`;
    const { hopSize } = spectrogram.options;
    const due = Math.floor(audio.length / hopSize);
    throw new MelError(
      Math.abs(mel.frames - due) > OTHER_LENGTH * due
        ? `it has ${mel.frames} frames and must have ${due}, because the recording has ${audio.length} samples and a frame is ${hopSize} (and ${at}); if it is of this recording, it was made with a hop of about ${Math.round(audio.length / mel.frames)}: make it with ${hopSize}, at ${spectrogram.options.samplingRate} Hz`
        : `it is no mel of this recording: ${at}; look whether the names are right`,
    );
  }
  const found = findKind(own, mel, best.shift, plain);
  if (!found.natural && !(correct && found.kind)) {
    throw new MelError(refuseKind(found, correlation));
  }
  const whole = Math.abs(best.shift) >= 1;
  if (whole && !correct) {
    throw new MelError(
      `it lies ${lateness(best.shift)} (correlation ${correlation.toFixed(2)} there, ${inPlace.toFixed(2)} in place); --correct cuts both so that they fit`,
    );
  }
  const cut = correct ? cutToFit(mel, audio, best.shift, spectrogram) : { mel, audio };
  const { hopSize } = spectrogram.options;
  const expected = Math.floor(cut.audio.length / hopSize);
  const over = Math.abs(cut.mel.frames - expected);
  if (over > (correct ? MOST_LEFT_OVER : 1)) {
    throw new MelError(
      `it has ${mel.frames} frames and must have ${Math.floor(audio.length / hopSize)}, give or take ${correct ? MOST_LEFT_OVER : 'one'}, because the recording has ${audio.length} samples and a frame is ${hopSize}`,
    );
  }
  const frames = Math.min(cut.mel.frames, expected);
  const data = cut.mel.data.slice(0, frames * mel.mels);
  return {
    mel: {
      data: found.natural
        ? data
        : data.map((value) => Math.max(found.kind!.factor * value, SILENCE)),
      frames,
      mels: mel.mels,
    },
    audio: cut.audio.subarray(0, frames * hopSize),
    facts: {
      frames,
      correlation: Math.round(1000 * correlation) / 1000,
      ...(best.shift !== 0 && { late_frames: best.shift }),
      ...(transposed && { transposed }),
      ...(!found.natural && { converted: found.kind!.name }),
    },
  };
}

/** "3 frames late", "half a frame early". */
export function lateness(shift: number): string {
  const size = Math.abs(shift);
  const frames = size === 0.5 ? 'half a frame' : `${size} ${size === 1 ? 'frame' : 'frames'}`;
  return `${frames} ${shift > 0 ? 'late' : 'early'}`;
}

function ownMel(audio: Float32Array, { analyze, options }: MelSpectrogram): OwnMel {
  const before = options.hopSize >> 1;
  const moved = new Float32Array(audio.length + before);
  moved.set(audio, before);
  return { whole: analyze(audio), half: analyze(moved) };
}

interface Reading {
  readonly mel: Mel;
  /** Whether the values had no logarithm, which was taken here. */
  readonly plain: boolean;
  readonly transposed: boolean;
}

/** All that an array may mean, what is expected first. @throws MelError where its shape or its values allow nothing */
function readingsOf(array: StoredArray, bands: number): Reading[] {
  const shape =
    array.shape.length === 3 && array.shape[0] === 1 ? array.shape.slice(1) : array.shape;
  const [rows, columns] = shape;
  const swapped = shape.length === 2 && columns === bands;
  const mels: { mel: Mel; transposed: boolean }[] = [];
  // Of an array that cannot be read either way it says why.
  if (rows === bands || !swapped) {
    mels.push({ mel: read(array, bands), transposed: false });
  }
  if (swapped) {
    const straight = transposed({ shape: [columns, rows], data: array.data });
    mels.push({ mel: read(straight, bands), transposed: true });
  }
  return mels.flatMap(({ mel, transposed }) => {
    const asStored = { mel, transposed, plain: false };
    if (mel.data.some((value) => value < 0)) return [asStored];
    const data = mel.data.map((value) => Math.log(Math.max(value, LEAST_POWER)));
    return [asStored, { mel: { ...mel, data }, transposed, plain: true }];
  });
}

/** The same values with the axes swapped: `shape` is what they shall have. */
function transposed({ shape: [rows, columns], data }: StoredArray): StoredArray {
  const values = Float64Array.from(data as ArrayLike<number>, Number);
  const result = new Float64Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      result[row * columns + column] = values[column * rows + row];
    }
  }
  const isFloat = data instanceof Float32Array || data instanceof Float64Array;
  return { shape: [rows, columns], data: isFloat ? result : Int32Array.from(result) };
}

/** The file is named beside the reason. */
function read(array: StoredArray, bands: number): Mel {
  try {
    return melFromArray(array, bands, 'it');
  } catch (error) {
    throw error instanceof MelError ? new MelError(error.message.replace(/^it: /, '')) : error;
  }
}

function bestAlignment(own: OwnMel, mel: Mel) {
  const all = alignments(own, mel);
  const inPlace = all.find(({ shift }) => shift === 0) ?? { shift: 0, correlation: 0 };
  const top = all.reduce((a, b) => (b.correlation > a.correlation ? b : a), inPlace);
  const best = isShifted(top, inPlace) ? top : inPlace;
  return { best, inPlace: inPlace.correlation, correlation: best.correlation };
}

/** Whether a shift explains so much more that it is none of chance. */
function isShifted(top: Alignment, inPlace: Alignment): boolean {
  return 1 - inPlace.correlation > 1.15 * (1 - top.correlation) + 0.005;
}

/** Cuts the beginnings off, of whichever begins earlier. Nothing is made up: a late mel loses whole frames. */
function cutToFit(
  mel: Mel,
  audio: Float32Array,
  shift: number,
  { options: { hopSize } }: MelSpectrogram,
): { readonly mel: Mel; readonly audio: Float32Array } {
  const frames = Math.max(0, Math.ceil(shift));
  const samples = Math.round((frames - shift) * hopSize);
  return {
    mel: { ...mel, data: mel.data.subarray(frames * mel.mels), frames: mel.frames - frames },
    audio: audio.subarray(samples),
  };
}
