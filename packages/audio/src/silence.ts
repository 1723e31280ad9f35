/** Samples of a frame and from one to the next, librosa's defaults. */
export const LEVEL_FRAME = 2048;
export const LEVEL_HOP = 512;

/** librosa's floor of 1e-5, squared. */
const LEAST_POWER = 1e-10;

/** Where sound begins, and the sample behind its end. */
export interface SoundSpan {
  readonly start: number;
  readonly end: number;
}

/**
 * How loud a signal is over time: the mean square of frames of {@link LEVEL_FRAME} samples, {@link LEVEL_HOP} apart,
 * the first centred on the first sample, with silence before and after; the square of `librosa.feature.rms`, in
 * float64.
 *
 * @returns ⌊samples / LEVEL_HOP⌋ + 1 values
 */
export function framePower(audio: Float32Array): Float64Array {
  // A frame is four hops, and reaches two before its centre: each sample is squared once.
  const perFrame = LEVEL_FRAME / LEVEL_HOP;
  const frames = Math.floor(audio.length / LEVEL_HOP) + 1;
  const sums = new Float64Array(frames + perFrame);
  for (let i = 0; i < audio.length; i++) {
    sums[Math.floor(i / LEVEL_HOP) + perFrame / 2] += audio[i] * audio[i];
  }
  return Float64Array.from({ length: frames }, (_, frame) => {
    let sum = 0;
    for (let hop = 0; hop < perFrame; hop++) sum += sums[frame + hop];
    return sum / LEVEL_FRAME;
  });
}

/**
 * Where the first and the last frame lie that are louder than the loudest less some decibels, as
 * `librosa.effects.trim` cuts by default.
 *
 * @param decibels below the loudest frame, above 0; librosa's default is 60
 * @returns all of a signal that is silent throughout; nothing of none
 * @throws RangeError where `decibels` is not above 0
 */
export function findSound(audio: Float32Array, decibels: number): SoundSpan {
  if (!(decibels > 0)) {
    throw new RangeError(
      `findSound: decibels=${decibels} must be above 0, because the loudest frame itself must count; 60 is librosa's default`,
    );
  }
  const level = (power: number) => 10 * Math.log10(Math.max(LEAST_POWER, power));
  const levels = Array.from(framePower(audio), level);
  const least = levels.reduce((most, one) => Math.max(most, one), level(0)) - decibels;
  const isSound = (one: number) => one > least;
  return {
    start: Math.min(audio.length, levels.findIndex(isSound) * LEVEL_HOP),
    end: Math.min(audio.length, (levels.findLastIndex(isSound) + 1) * LEVEL_HOP),
  };
}
