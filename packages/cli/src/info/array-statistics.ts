import { type NpyColumns, sizeOf } from '@hifigan/checkpoint';
import { type Context, heedInterrupt } from '../context.js';

/** Values that are held at a time. */
const PART = 2 ** 20;

/** What the values of an array are like, in whatever order. */
export interface ArrayStatistics {
  /** Of values. */
  readonly count: number;
  /** What they are read as: `float32`, `bigint64`. */
  readonly type: string;
  readonly isFloat: boolean;
  /** Of those that are finite; infinite themselves where there are none. */
  readonly low: number;
  readonly high: number;
  readonly nan: number;
  readonly infinite: number;
}

/** Reads an array part by part. @throws what reading throws; Interrupted */
export async function statisticsOf(context: Context, array: NpyColumns): Promise<ArrayStatistics> {
  const count = sizeOf(array.shape);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let [nan, infinite] = [0, 0];
  for (let from = 0; from < count; from += PART) {
    await heedInterrupt(context);
    const { data } = await array.readFlat(from, Math.min(from + PART, count));
    for (let at = 0; at < data.length; at++) {
      const value = Number(data[at]);
      if (Number.isNaN(value)) nan++;
      else if (!Number.isFinite(value)) infinite++;
      else {
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
  }
  const { data } = await array.readFlat(0, 0);
  const type = data.constructor.name.replace('Array', '').toLowerCase();
  return { count, type, isFloat: type.startsWith('float'), low, high, nan, infinite };
}
