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
  /** Frees the weights. */
  dispose(): void;
}

/** Makes an engine for a bundle. @throws StateError where the weights do not fit the configuration */
export type EngineFactory = (bundle: Bundle, where: string) => Promise<Engine>;
