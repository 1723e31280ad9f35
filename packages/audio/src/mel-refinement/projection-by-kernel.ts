import type { FramePlan } from '../frames.js';
import { binary } from '../generated/refinement.js';
import { kernelOf, reserve } from '../kernel.js';
import type { MelOptions } from '../mel-options.js';
import { GROUP, mirroredOnce, type Projection } from './projection.js';
import { PLAN, refinementImage } from './refinement-image.js';
import type { SampleQueue } from './sample-queue.js';

const findKernel = kernelOf<{ refine(plan: number, count: number): void }>(binary);

/**
 * By WebAssembly, four frames side by side in float64: for powers of two from 16 to 8192, so that tables and memory stay
 * below two megabytes.
 *
 * @returns nothing where options or host do not allow it
 */
export function projectionByKernel(
  options: MelOptions,
  plan: FramePlan,
  bandwidth: number,
): Projection | undefined {
  const { nFft, hopSize, numMels } = options;
  const fits = (nFft & (nFft - 1)) === 0 && nFft >= 16 && nFft <= 8192;
  const kernel = fits ? findKernel() : null;
  if (!kernel) return undefined;
  const image = refinementImage(options, plan, bandwidth);
  if (!reserve(kernel, image.size)) return undefined;

  return ({ audio, start, count, lastSample, targets }, sum, from) => {
    const { memory, refine } = kernel.exports;
    if (kernel.image !== image) {
      new Uint8Array(memory.buffer).set(image.bytes, PLAN);
      kernel.image = image;
    }
    const samples = new Float64Array(memory.buffer, image.audio, image.samples);
    const wanted = new Float64Array(memory.buffer, image.targets, GROUP * numMels);
    const length = (count - 1) * hopSize + nFft;
    copyMirrored(audio, start, lastSample, samples.subarray(0, length));
    samples.fill(0, length);
    for (let frame = 0; frame < GROUP; frame++) {
      const to = (frame & 1) * 2 * numMels + (frame >> 1);
      const row = frame * numMels;
      for (let band = 0; band < numMels; band++) {
        // What comes of frames that are not there is not added up.
        wanted[to + 2 * band] = frame < count ? targets[row + band] : 0;
      }
    }
    refine(PLAN, count);
    const to = start - from;
    for (let i = Math.max(0, -to); i < length; i++) sum[to + i] += samples[i];
  };
}

/** Samples from `start` on, those before and behind the audio mirrored at its first and last. */
function copyMirrored(
  audio: SampleQueue,
  start: number,
  lastSample: number,
  to: Float64Array,
): void {
  const first = Math.min(Math.max(0, -start), to.length);
  const last = Math.max(first, Math.min(lastSample + 1 - start, to.length));
  for (let i = 0; i < first; i++) to[i] = audio.at(mirroredOnce(start + i, lastSample));
  to.set(audio.read(start + first, start + last), first);
  for (let i = last; i < to.length; i++) to[i] = audio.at(mirroredOnce(start + i, lastSample));
}
