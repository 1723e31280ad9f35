import type { Mel } from './mel-spectrogram.js';

/** An array as files hold it, row-major. */
export interface StoredArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;
}

/** A mel that does not fit the model, or is none. */
export class MelError extends Error {
  override readonly name = 'MelError';
}

/**
 * The mel of a stored array: `[num_mels, frames]` or `[1, num_mels, frames]`, as the reference stores it, float32 or
 * float64. Axes change places, because ours are `[frames, mels]`.
 *
 * @param where what to call it in errors
 * @param firstFrame of the array in a longer mel, for errors
 * @throws MelError where the shape does not fit, or a value is not finite
 */
export function melFromArray(
  { shape, data }: StoredArray,
  mels: number,
  where = 'mel',
  firstFrame = 0,
): Mel {
  const frames = melFrames(shape, mels, where);
  if (!(data instanceof Float32Array || data instanceof Float64Array)) {
    throw new MelError(
      `${where}: its values must be floating-point numbers, because they are logarithms; save it with array.astype("float32")`,
    );
  }
  const result = new Float32Array(frames * mels);
  for (let mel = 0; mel < mels; mel++) {
    for (let frame = 0; frame < frames; frame++) {
      const value = data[mel * frames + frame];
      if (!Number.isFinite(value)) {
        throw new MelError(
          `${where}: the value at band ${mel}, frame ${firstFrame + frame} is ${value} and must be finite; make the mel again from its recording`,
        );
      }
      result[frame * mels + mel] = value;
    }
  }
  return { data: result, frames, mels };
}

/**
 * What cannot be told of a mel with as many frames as bands: whether its axes were stored the right way round. Nothing
 * for others.
 */
export function squareDoubt({ frames, mels }: Mel): string | undefined {
  if (frames !== mels) return undefined;
  return (
    `as many frames as bands (${mels}): nothing tells whether its axes are [num_mels, frames], as they are taken, or swapped; ` +
    'if it sounds wrong, save it transposed: numpy.save(path, array.T)'
  );
}

/** A mel as the reference stores it: `[num_mels, frames]`, float32. */
export function melToArray({
  data,
  frames,
  mels,
}: Mel): StoredArray & { readonly data: Float32Array } {
  const result = new Float32Array(frames * mels);
  for (let frame = 0; frame < frames; frame++) {
    for (let mel = 0; mel < mels; mel++) result[mel * frames + frame] = data[frame * mels + mel];
  }
  return { shape: [mels, frames], data: result };
}

/**
 * Holds a mel in memory, `[frames, mels]`, against what a model takes.
 *
 * @throws MelError
 */
export function checkMel(mel: Mel, wanted: number, where = 'mel'): void {
  const kind = Object.prototype.toString.call(mel?.data).slice(8, -1);
  if (kind !== 'Float32Array') {
    throw new MelError(
      `${where}: data=${kind} must be a Float32Array, because a mel is { data, frames, mels } with its values in [frames, mels]; make one with Float32Array.from`,
    );
  }
  const { data, frames, mels } = mel;
  const given = `shape [frames=${frames}, mels=${mels}]`;
  if (mels !== wanted) {
    const advice =
      frames === wanted
        ? 'its axes are swapped; transpose it'
        : 'use the features of the model (vocoder.analyze)';
    throw new MelError(
      `${where}: ${given} must have ${wanted} mels, because the model was trained with them; ${advice}`,
    );
  }
  if (!Number.isSafeInteger(frames) || frames < 1 || data.length !== frames * mels) {
    throw new MelError(
      `${where}: ${given} must have at least one frame, only whole ones, and as many values as that; it has ${data.length}`,
    );
  }
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    throw new MelError(
      `${where}: the value at frame ${Math.floor(at / mels)}, band ${at % mels} is ${data[at]} and must be finite; make the mel again from its recording`,
    );
  }
}

/**
 * How many frames a stored mel of a shape has.
 *
 * @param where what to call it in errors
 * @throws MelError where the shape is not `[mels, frames]` or `[1, mels, frames]`
 */
export function melFrames(shape: readonly number[], mels: number, where = 'mel'): number {
  const squeezed = shape.length === 3 && shape[0] === 1 ? shape.slice(1) : shape;
  const [rows, frames] = squeezed;
  const given = `shape [${shape.join(', ')}]`;
  if (squeezed.length !== 2) {
    const batch = shape.length === 3 ? 'store each mel in a file of its own' : 'store two axes';
    throw new MelError(
      `${where}: ${given} must be [${mels}, frames] or [1, ${mels}, frames]; ${batch}`,
    );
  }
  if (rows !== mels && frames === mels) {
    throw new MelError(
      `${where}: ${given} must be [${mels}, frames], and its axes are swapped; save it transposed: numpy.save(path, array.T)`,
    );
  }
  if (rows !== mels) {
    throw new MelError(
      `${where}: ${given} has ${rows} mel bands and must have ${mels}, because the model was trained with them; make it ` +
        'again with the configuration of the model, or use a model with that num_mels',
    );
  }
  if (frames === 0)
    throw new MelError(
      `${where}: ${given} has no frames, so there is nothing to say; make it again`,
    );
  return frames;
}
