import type { Mel } from '@hifigan/audio';
import type { Bundle } from './bundle.js';

/** Runs one generator: mel in, audio out. */
export interface Engine {
  /** For people: what computes, and on what. */
  readonly description: string;
  /**
   * @param mel as the generator takes it, normalised where it wants that, row-major `[frames, mels]`
   * @returns frames × hop_size samples in [−1, 1], the caller's
   */
  generate(mel: Mel): Promise<Float32Array>;
  /**
   * Several mels of one length at once. Without it they are spoken one by one.
   *
   * @returns of each what `generate` gives (within 1e-5), the caller's
   */
  generateBatch?(mels: readonly Mel[]): Promise<Float32Array[]>;
  /**
   * Begins to speak a mel that comes in parts, keeping what later parts need of earlier ones. An engine that cannot
   * is left to compute overlapping pieces.
   */
  openStream?(): EngineStream;
  /** Frees the weights. */
  dispose(): void;
}

/** One mel on its way through a generator. */
export interface EngineStream {
  /**
   * @param mel the next frames, as `generate` takes them; at least one. Lent: what is kept of it beyond the call must
   *   be copied
   * @returns the samples that are now certain, which may be none: a generator looks ahead
   */
  push(mel: Mel): Promise<Float32Array>;
  /** Ends the mel. @returns the samples that are left: all together are those of `generate` */
  end(): Promise<Float32Array>;
  /** Frees what is kept; also before the end. */
  dispose(): void;
}

/** Makes an engine for a bundle. @throws StateError where the weights do not fit the configuration */
export type EngineFactory = (bundle: Bundle, where: string) => Promise<Engine>;
