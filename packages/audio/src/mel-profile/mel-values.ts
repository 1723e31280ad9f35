import type { Mel } from '../mel-spectrogram.js';

/** What can be counted of a mel's numbers, whatever they mean. */
export interface MelValues {
  readonly count: number;
  readonly low: number;
  readonly high: number;
  /** How many have the lowest value, and how many the highest. */
  readonly atLow: number;
  readonly atHigh: number;
  /** In how many bands the lowest value is met: of a sound that never changes, a single band may be the lowest throughout. */
  readonly bandsAtLow: number;
  readonly bandMeans: Float64Array;
  readonly bandScales: Float64Array;
}

export function melValues({ data, frames, mels }: Mel): MelValues {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const near = 1e-6 * Math.max(1, Math.abs(low));
  let atLow = 0;
  let atHigh = 0;
  const hasLow = new Uint8Array(mels);
  const bandMeans = new Float64Array(mels);
  const bandScales = new Float64Array(mels);
  for (let at = 0; at < data.length; at++) {
    if (data[at] - low <= near) {
      atLow++;
      hasLow[at % mels] = 1;
    }
    if (data[at] === high) atHigh++;
    bandMeans[at % mels] += data[at] / frames;
  }
  for (let at = 0; at < data.length; at++) {
    bandScales[at % mels] += (data[at] - bandMeans[at % mels]) ** 2 / frames;
  }
  return {
    count: data.length,
    low,
    high,
    atLow,
    atHigh,
    bandsAtLow: hasLow.reduce((sum, has) => sum + has, 0),
    bandMeans,
    bandScales: bandScales.map(Math.sqrt),
  };
}

/**
 * How unlike a band is to the next one and a frame to the next one: steps along either axis over the spread of all.
 * Along time, a mel changes by jumps of sounds and is otherwise still; along bands it falls.
 */
export function fallAlong(data: ArrayLike<number>, rows: number, columns: number): number {
  // Rows as bands: whether the first quarter is louder than the last, in standard deviations of all values.
  let [first, last, sum, squares] = [0, 0, 0, 0];
  const quarter = Math.max(1, rows >> 2);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = data[row * columns + column];
      sum += value;
      squares += value * value;
      if (row < quarter) first += value;
      if (row >= rows - quarter) last += value;
    }
  }
  const count = rows * columns;
  const deviation = Math.sqrt(Math.max(squares / count - (sum / count) ** 2, 1e-12));
  return (first - last) / (quarter * columns) / deviation;
}

/** {@link fallAlong} of an array whose columns are bands: `[frames, mels]`. */
export function fallOfColumns(data: ArrayLike<number>, frames: number, mels: number): number {
  const turned = new Float32Array(frames * mels);
  for (let frame = 0; frame < frames; frame++) {
    for (let band = 0; band < mels; band++)
      turned[band * frames + frame] = data[frame * mels + band];
  }
  return fallAlong(turned, mels, frames);
}
