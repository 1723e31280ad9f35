import type { Mp3Head } from './walk-frames.js';

/** Samples of each channel that were recorded: without the encoder's, as far as it tells of them. */
export function recordedSamples({ first, info }: Mp3Head, frames: number): number {
  return Math.max(0, frames * first.samples - (info ? info.delay + info.padding : 0));
}
