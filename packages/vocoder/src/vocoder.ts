import {
  checkMel,
  createMelSpectrogram,
  type Mel,
  type MelSpectrogram,
  melOptions,
} from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';
import { receptiveField } from '@hifigan/models';
import type { Bundle } from './bundle.js';
import type { VoiceCard } from './card.js';
import type { Engine, EngineFactory } from './engine.js';
import { normalizeMel } from './mel-statistics.js';
import { piecesOf } from './pieces.js';
import { tfjsEngine } from './tfjs-engine.js';

export interface LoadVocoderOptions {
  /** What computes; tfjs on the backend that is set where left out. */
  readonly engine?: EngineFactory;
  /** What to call the weights in errors. */
  readonly where?: string;
}

export interface SynthesizeOptions {
  /**
   * Frames computed at once; longer mels are cut, with an overlap that keeps the result the same, so that memory
   * stays bounded.
   */
  readonly chunkFrames?: number;
  /** Called after each piece with the frames that are done; awaited, so it can let others work, or throw to stop. */
  readonly onProgress?: (frames: number) => void | Promise<void>;
}

/** A voice that speaks mels. */
export interface Vocoder {
  readonly config: HifiGanConfig;
  readonly card: VoiceCard | undefined;
  /** What computes. */
  readonly engine: string;
  /**
   * @param mel natural-log mel as `analyze` makes it, row-major `[frames, mels]`
   * @returns frames × hop_size samples in [−1, 1] at the configuration's sampling rate
   * @throws MelError where the mel does not fit the model
   */
  synthesize(mel: Mel, options?: SynthesizeOptions): Promise<Float32Array>;
  /**
   * The mel that this voice understands.
   *
   * @param audio samples in [−1, 1] at the configuration's sampling rate
   * @throws RangeError where the audio is too short or not finite
   */
  analyze(audio: Float32Array): Mel;
  /** Frees the weights; the vocoder cannot be used afterwards. */
  dispose(): void;
}

const CHUNK_FRAMES = 512;

/**
 * Makes a vocoder of a bundle.
 *
 * @throws StateError where weights and configuration do not belong together
 */
export async function loadVocoder(
  bundle: Bundle,
  { engine: makeEngine = tfjsEngine, where = 'generator' }: LoadVocoderOptions = {},
): Promise<Vocoder> {
  const { config, card, statistics } = bundle;
  const engine: Engine = await makeEngine(bundle, where);
  const field = receptiveField(config);
  let spectrogram: MelSpectrogram | undefined;
  return {
    config,
    card,
    engine: engine.description,
    async synthesize(mel, { chunkFrames = CHUNK_FRAMES, onProgress } = {}) {
      checkMel(mel, config.num_mels);
      if (!Number.isSafeInteger(chunkFrames) || chunkFrames < 1) {
        throw new RangeError(
          `synthesize: chunkFrames=${chunkFrames} must be a whole number of at least 1, because it counts frames; leave it out`,
        );
      }
      const hop = config.hop_size;
      const result = new Float32Array(mel.frames * hop);
      for (const { start, end, from, to } of piecesOf(mel.frames, chunkFrames, field)) {
        const data = mel.data.subarray(from * mel.mels, to * mel.mels);
        const piece = { data, frames: to - from, mels: mel.mels };
        const audio = await engine.generate(statistics ? normalizeMel(piece, statistics) : piece);
        result.set(audio.subarray((start - from) * hop, (end - from) * hop), start * hop);
        await onProgress?.(end);
      }
      return result;
    },
    analyze(audio) {
      spectrogram ??= createMelSpectrogram(melOptions(config));
      return spectrogram.analyze(audio);
    },
    dispose: () => engine.dispose(),
  };
}
