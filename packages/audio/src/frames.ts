import { checkSamples } from './check-samples.js';
import { hannWindow } from './hann-window.js';
import type { FrameOptions } from './mel-options.js';

/** Where the frames of a signal lie. */
export interface FramePlan extends FrameOptions {
  /** Samples of reflection at each end. */
  readonly padding: number;
  /** Samples of a frame before the window begins. */
  readonly windowStart: number;
  /** The window, winSize values. */
  readonly window: Float64Array;
  /**
   * Number of frames of a signal.
   *
   * @throws RangeError where it is too short or not finite, TypeError where it is no signal
   */
  count(audio: Float32Array, where: string): number;
}

/** @param scale what the window is multiplied by */
export function framePlan({ nFft, hopSize, winSize }: FrameOptions, scale = 1): FramePlan {
  const padding = (nFft - hopSize) / 2;
  return {
    nFft,
    hopSize,
    winSize,
    padding,
    windowStart: Math.floor((nFft - winSize) / 2),
    window: hannWindow(winSize).map((value) => scale * value),
    count(audio, where) {
      checkSamples(where, 'audio', audio);
      if (audio.length <= padding) {
        throw new RangeError(
          `${where}: audio.length=${audio.length} must be over ${padding}, because that much is mirrored at each end; give longer audio or pad it with silence`,
        );
      }
      requireFinite(audio, where);
      return Math.floor(audio.length / hopSize);
    },
  };
}

/** @throws RangeError that names the first value that is NaN or infinite */
export function requireFinite(audio: Float32Array, where: string): void {
  // NaN and infinity times zero are NaN. Four sums: one would wait for itself at every addition.
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = 0;
  for (; i + 3 < audio.length; i += 4) {
    a += audio[i] * 0;
    b += audio[i + 1] * 0;
    c += audio[i + 2] * 0;
    d += audio[i + 3] * 0;
  }
  for (; i < audio.length; i++) a += audio[i] * 0;
  if (a + b + c + d === 0) return;
  const at = audio.findIndex((value) => !Number.isFinite(value));
  throw new RangeError(
    `${where}: audio[${at}]=${audio[at]} must be finite, because one such sample spoils every frame it lies in; repair or leave out the recording`,
  );
}

/**
 * Writes two windowed frames side by side, as real and imaginary part of `[nFft]` complex numbers.
 * The samples outside the window are left as they are: zero in a fresh buffer.
 */
export function loadFramePair(
  plan: FramePlan,
  audio: Float32Array,
  real: number,
  imaginary: number,
  time: number[],
): void {
  const { window, winSize, hopSize, padding, windowStart } = plan;
  const a = real * hopSize - padding + windowStart;
  const b = imaginary * hopSize - padding + windowStart;
  const base = 2 * windowStart;
  if (a >= 0 && b + winSize <= audio.length) {
    let i = 0;
    // Four at a time: nearly twice as fast.
    for (let at = base; i + 3 < winSize; i += 4, at += 8) {
      const w0 = window[i];
      const w1 = window[i + 1];
      const w2 = window[i + 2];
      const w3 = window[i + 3];
      time[at] = audio[a + i] * w0;
      time[at + 1] = audio[b + i] * w0;
      time[at + 2] = audio[a + i + 1] * w1;
      time[at + 3] = audio[b + i + 1] * w1;
      time[at + 4] = audio[a + i + 2] * w2;
      time[at + 5] = audio[b + i + 2] * w2;
      time[at + 6] = audio[a + i + 3] * w3;
      time[at + 7] = audio[b + i + 3] * w3;
    }
    for (; i < winSize; i++) {
      time[base + 2 * i] = audio[a + i] * window[i];
      time[base + 2 * i + 1] = audio[b + i] * window[i];
    }
    return;
  }
  const last = audio.length - 1;
  for (let i = 0; i < winSize; i++) {
    time[base + 2 * i] = audio[mirrored(a + i, last)] * window[i];
    time[base + 2 * i + 1] = audio[mirrored(b + i, last)] * window[i];
  }
}

/**
 * The sample at `index`, up to `last` samples beside the signal: |i| mirrors at the first, last − |last − i| at the
 * last.
 */
export function mirrored(index: number, last: number): number {
  return Math.abs(last - Math.abs(last - Math.abs(index)));
}
