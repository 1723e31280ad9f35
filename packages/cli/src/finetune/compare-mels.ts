import type { Mel } from '@hifigan/audio';

/** How two mels of one length in bands lie to each other at a shift. */
export interface Alignment {
  /** Frames by which the other mel is late; halves count, for analyses that centre their frames. */
  readonly shift: number;
  /** Of their changes in time, from −1 to 1: what is the same in all frames of a band counts for nothing. */
  readonly correlation: number;
}

/** Our mel at whole frames, and half a frame earlier. */
export interface OwnMel {
  readonly whole: Mel;
  readonly half: Mel;
}

/** A line through the values: ours ≈ `factor` × theirs + `offset`. */
export interface Fit {
  readonly factor: number;
  readonly offset: number;
  /** Mean distance from that line. */
  readonly residual: number;
  /** Values that were compared: silence is left out. */
  readonly values: number;
}

/** Frames that a mel may be off and is still found. */
export const MOST_SHIFT = 10;
/** Of frames that both have, so many are needed to tell anything. */
const LEAST_OVERLAP = 8;

/** Correlations at all shifts in halves of a frame, from the earliest on. */
export function alignments(own: OwnMel, theirs: Mel): Alignment[] {
  const most = Math.min(MOST_SHIFT, Math.floor(Math.min(own.whole.frames, theirs.frames) / 4));
  const all: Alignment[] = [];
  for (let halves = -2 * most; halves <= 2 * most; halves++) {
    const shift = halves / 2;
    const correlation = correlationAt(own, theirs, shift);
    if (correlation !== undefined) all.push({ shift, correlation });
  }
  return all;
}

/**
 * Pairs of values that mean the same at a shift, as {@link alignments} has it.
 *
 * @param take is handed the band, ours and theirs
 */
export function eachPair(
  own: OwnMel,
  theirs: Mel,
  shift: number,
  take: (band: number, ours: number, theirs: number) => void,
): number {
  // Frame u of theirs is our frame u − shift; the half mel's frame t lies at t − 0.5.
  const k = Math.floor(shift);
  const ours = k === shift ? own.whole : own.half;
  const first = Math.max(0, k);
  const end = Math.min(theirs.frames, ours.frames + k);
  const { mels } = theirs;
  for (let frame = first; frame < end; frame++) {
    const a = (frame - k) * mels;
    const b = frame * mels;
    for (let band = 0; band < mels; band++) take(band, ours.data[a + band], theirs.data[b + band]);
  }
  return Math.max(0, end - first);
}

function correlationAt(own: OwnMel, theirs: Mel, shift: number): number | undefined {
  const { mels } = theirs;
  const sums = Array.from({ length: 5 }, () => new Float64Array(mels));
  const [x, y, xx, yy, xy] = sums;
  const n = eachPair(own, theirs, shift, (band, a, b) => {
    x[band] += a;
    y[band] += b;
    xx[band] += a * a;
    yy[band] += b * b;
    xy[band] += a * b;
  });
  if (n < LEAST_OVERLAP) return undefined;
  let [varianceX, varianceY, covariance] = [0, 0, 0];
  for (let band = 0; band < mels; band++) {
    varianceX += xx[band] - (x[band] * x[band]) / n;
    varianceY += yy[band] - (y[band] * y[band]) / n;
    covariance += xy[band] - (x[band] * y[band]) / n;
  }
  // Rounding may leave a little below zero where nothing changes.
  if (!(varianceX > 1e-9 * n && varianceY > 1e-9 * n)) return 0;
  return covariance / Math.sqrt(varianceX * varianceY);
}

/** Our values below are silence, where every scale ends in a floor of its own. */
const SILENCE = -10.5;

/**
 * The line through all values that are no silence: its steepness is that of their spreads, which noise in either does
 * not flatten.
 */
export function fitLine(own: OwnMel, theirs: Mel, shift: number): Fit {
  const floor = theirs.data.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
  const sounds = (ours: number, other: number) => ours > SILENCE && other > floor;
  let [n, x, y, xx, yy] = [0, 0, 0, 0, 0];
  eachPair(own, theirs, shift, (_, ours, other) => {
    if (!sounds(ours, other)) return;
    n++;
    x += other;
    y += ours;
    xx += other * other;
    yy += ours * ours;
  });
  const factor = Math.sqrt((yy - (y * y) / n) / (xx - (x * x) / n));
  const offset = y / n - factor * (x / n);
  return {
    factor,
    offset,
    residual: residualOf(own, theirs, shift, { factor, offset }),
    values: n,
  };
}

/** Mean distance of our values from `factor` × theirs + `offset`, silence left out. */
export function residualOf(
  own: OwnMel,
  theirs: Mel,
  shift: number,
  { factor, offset }: Pick<Fit, 'factor' | 'offset'>,
): number {
  const floor = theirs.data.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
  let [sum, n] = [0, 0];
  eachPair(own, theirs, shift, (_, ours, other) => {
    if (!(ours > SILENCE && other > floor)) return;
    sum += Math.abs(ours - factor * other - offset);
    n++;
  });
  return sum / n;
}
