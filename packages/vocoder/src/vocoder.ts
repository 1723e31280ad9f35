import {
  checkMel,
  createProfileAnalysis,
  type Mel,
  type MelProfile,
  type ProfileAnalysis,
} from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';
import { receptiveField } from '@hifigan/models';
import { type Bundle, profileOf } from './bundle.js';
import { BundleError } from './bundle-error.js';
import { bundleFileNames } from './bundle-files.js';
import type { BundleSource } from './bundle-source.js';
import type { VoiceCard } from './card.js';
import { checkGolden, GoldenError } from './check-golden.js';
import type { Engine, EngineFactory } from './engine.js';
import { normalizeMel } from './mel-statistics.js';
import { openBundle, type Verification } from './open-bundle.js';
import { piecesOf } from './pieces.js';
import { tfjsEngine } from './tfjs-engine.js';

export interface LoadVocoderOptions {
  /** What computes; tfjs on the backend that is set where left out. */
  readonly engine?: EngineFactory;
  /** What to call the weights in errors. */
  readonly where?: string;
  /**
   * Default `hashes`, of a bundle that is not open yet: damaged files are found, at some milliseconds a megabyte. `golden` also
   * speaks the bundle's golden mel and compares, which costs the synthesis of half a second of speech and one more file, and
   * finds backends that compute wrongly; a bundle without a golden output is refused then.
   */
  readonly verify?: Verification;
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
  /** What the numbers of its mels mean, before the model's own statistics. */
  readonly profile: MelProfile;
  /** What computes. */
  readonly engine: string;
  /**
   * @param mel of the profile, as `analyze` makes it, row-major `[frames, mels]`
   * @returns frames × hop_size samples in [−1, 1] at the configuration's sampling rate
   * @throws MelError where the mel does not fit the model
   */
  synthesize(mel: Mel, options?: SynthesizeOptions): Promise<Float32Array>;
  /**
   * The mel that this voice understands, in the numbers of its profile.
   *
   * @param audio samples in [−1, 1] at the configuration's sampling rate
   * @throws RangeError where the audio is too short or not finite, or the profile is normalised by statistics that are not there
   */
  analyze(audio: Float32Array): Mel;
  /** Frees the weights; the vocoder cannot be used afterwards. */
  dispose(): void;
}

const CHUNK_FRAMES = 512;

/**
 * Makes a vocoder of a bundle.
 *
 * @param from a bundle that is open, or where one lies
 * @throws StateError where weights and configuration do not belong together, GoldenError where something else comes out
 * than must, and what `openBundle` throws
 */
export async function loadVocoder(
  from: Bundle | BundleSource,
  { engine = tfjsEngine, where = 'generator', verify = 'hashes' }: LoadVocoderOptions = {},
): Promise<Vocoder> {
  const bundle = isOpen(from) ? from : await openBundle(from, { verify });
  const vocoder = makeVocoder(bundle, await engine(bundle, where));
  if (verify !== 'golden') return vocoder;
  try {
    await proveGolden(vocoder, bundle, where);
    return vocoder;
  } catch (error) {
    vocoder.dispose();
    throw error;
  }
}

function isOpen(from: Bundle | BundleSource): from is Bundle {
  return typeof from === 'object' && 'weights' in from && 'config' in from;
}

async function proveGolden(vocoder: Vocoder, bundle: Bundle, where: string): Promise<void> {
  const { manifest, golden, filesChecked = false } = bundle;
  if (!manifest || !golden) {
    throw new BundleError(where, [
      `has no ${bundleFileNames.manifest} and so no golden output to be checked by; renew the bundle with hifigan pack, or load it with verify "hashes"`,
    ]);
  }
  const check = await checkGolden(vocoder, await golden(), manifest.golden.tolerance);
  if (!check.ok) throw new GoldenError(where, check, filesChecked);
}

function makeVocoder(bundle: Bundle, engine: Engine): Vocoder {
  const { config, card, statistics } = bundle;
  const field = receptiveField(config);
  const profile = profileOf(bundle);
  let analysis: ProfileAnalysis | undefined;
  return {
    config,
    card,
    profile,
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
      analysis ??= createProfileAnalysis(profile);
      return analysis.analyze(audio);
    },
    dispose: () => engine.dispose(),
  };
}
