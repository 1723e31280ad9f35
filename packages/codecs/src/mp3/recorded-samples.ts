import type { Mp3Stream } from './walk-frames.js';

/** Samples of each channel that were recorded: without the encoder's, as far as it tells of them. */
export function recordedSamples({ samples, info }: Mp3Stream): number {
  return Math.max(0, samples - (info ? info.delay + info.padding : 0));
}
