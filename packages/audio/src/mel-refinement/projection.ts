import type { MelOptions } from '../mel-options.js';
import type { SampleQueue } from './sample-queue.js';

/** Frames that are brought nearer together, always the same. */
export const GROUP = 4;

/** How often the magnitudes of a frame are shared out anew: a bin lies in two bands, which want different things. */
export const SHARINGS = 3;
/** Sums of bands up to this, in a mel, stand for anything below it. */
export const FLOOR = 1e-5 * (1 + 1e-6);
/** Beside a sum of magnitudes: nothing. */
export const NOTHING = 1e-12;

/** A few frames of audio. */
export interface FrameGroup {
  readonly audio: SampleQueue;
  /** Where the first frame begins, in samples of the whole. */
  readonly start: number;
  /** 1 to {@link GROUP}, a hop apart. */
  readonly count: number;
  /** At which what lies behind it is mirrored, as it is at sample 0. */
  readonly lastSample: number;
  /** What the bands of each frame shall sum up to, row-major; for who looks ahead, those of the next as well. */
  readonly targets: Float64Array;
}

/**
 * Brings frames to the mel that they shall have, windows them and adds them to `sum`, whose first value is sample `from`
 * of the whole; what lies before is left out.
 */
export type Projection = (group: FrameGroup, sum: Float64Array, from: number) => void;

/** Of each bin 1, and 0 where silence is to be. */
export function openBins({ samplingRate, nFft }: MelOptions, bandwidth: number): Float64Array {
  return Float64Array.from({ length: Math.floor(nFft / 2) + 1 }, (_, bin) =>
    (bin * samplingRate) / nFft > bandwidth ? 0 : 1,
  );
}

/** As `mirrored`, of sound that is longer than what lies beside it. */
export function mirroredOnce(index: number, last: number): number {
  const inside = index < 0 ? -index : index;
  return inside > last ? 2 * last - inside : inside;
}
