import { type FramePlan, mirrored } from './frames.js';
import { findKernel, reserve } from './kernel.js';
import { melImage, PLAN, samplesOf } from './mel-image.js';
import type { MelOptions } from './mel-options.js';
import type { MelRows } from './mel-spectrogram.js';

/** Frames that are handed over at a time: little memory, and little of the calls' cost. */
const FRAMES = 16;

/**
 * Mel rows by WebAssembly, two frames side by side in float64: for powers of two from 16 to 8192, so that tables and
 * memory stay below a megabyte or so.
 *
 * @returns nothing where options or host do not allow it
 */
export function melByKernel(options: MelOptions, plan: FramePlan): MelRows | undefined {
  const { nFft, hopSize, numMels } = options;
  const fits = (nFft & (nFft - 1)) === 0 && nFft >= 16 && nFft <= 8192;
  const kernel = fits ? findKernel() : null;
  if (!kernel) return undefined;
  const image = melImage(options, plan, FRAMES);
  if (!reserve(kernel, image.size)) return undefined;

  return (audio, frames, data) => {
    const { memory, analyze } = kernel.exports;
    if (kernel.image !== image) {
      new Uint8Array(memory.buffer).set(image.bytes, PLAN);
      kernel.image = image;
    }
    const samples = new Float32Array(memory.buffer, image.audio, samplesOf(FRAMES, options));
    const rows = new Float32Array(memory.buffer, image.mel, FRAMES * numMels);
    for (let frame = 0; frame < frames; frame += FRAMES) {
      const count = Math.min(FRAMES, frames - frame);
      const begin = frame * hopSize - plan.padding;
      copyMirrored(audio, begin, begin + samplesOf(count, options), samples);
      analyze(PLAN, count);
      const last = count < FRAMES ? rows.subarray(0, count * numMels) : rows;
      data.set(last, frame * numMels);
    }
  };
}

/** Samples from `begin` to `end`, those before and behind the audio mirrored at its first and last. */
function copyMirrored(audio: Float32Array, begin: number, end: number, to: Float32Array): void {
  const first = Math.max(begin, 0);
  const last = Math.min(end, audio.length);
  for (let i = begin; i < first; i++) to[i - begin] = audio[mirrored(i, audio.length - 1)];
  to.set(audio.subarray(first, last), first - begin);
  for (let i = last; i < end; i++) to[i - begin] = audio[mirrored(i, audio.length - 1)];
}
