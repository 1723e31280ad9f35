import type { AudioFormat } from './audio-format.js';

/** A recording whose beginning was read, as its format gives it. */
export interface OpenedAudio {
  readonly format: AudioFormat;
  readonly encoding: string;
  /** Hz. */
  readonly samplingRate: number;
  readonly channelCount: number;
  /** Samples of each channel, where the beginning tells. */
  readonly frames: number | undefined;
  /** Decodes; called once. Each piece has all channels, and may be empty. */
  pieces(): AsyncGenerator<Float32Array[]>;
}

/** Samples of each channel that are decoded at a time, where so many are there. */
export const PIECE_SAMPLES = 1 << 14;
