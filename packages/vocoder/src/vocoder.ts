import type { Mel, MelPhases, MelProfile, OutputGainOptions } from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';
import type { Bundle } from './bundle.js';
import type { BundleSource } from './bundle-source.js';
import type { VoiceCard } from './card.js';
import type { EngineFactory } from './engine.js';
import { loadVocoder } from './load-vocoder.js';
import type { Verification } from './open-bundle.js';

export interface LoadVocoderOptions {
  /** What computes; tfjs on the backend that is set where left out. */
  readonly engine?: EngineFactory;
  /** What to call the weights in errors. */
  readonly where?: string;
  /**
   * Default `hashes`, of a bundle that is not open yet: damaged files are found, at some milliseconds a megabyte.
   * `golden` also speaks the bundle's golden mel and compares, which costs the synthesis of half a second of speech
   * and one more file, and finds backends that compute wrongly: a GoldenError then says the largest difference and the
   * bound; a bundle without a golden output is refused.
   */
  readonly verify?: Verification;
  /** Ends the loading at once, and with it what is being fetched; an engine that comes later is disposed of. */
  readonly signal?: AbortSignal;
}

/** What all that speaks takes. */
export interface SpeakOptions {
  /** Ends the work between two pieces; the promise is rejected with its reason. */
  readonly signal?: AbortSignal;
  /**
   * How much of what the model makes of nothing is taken off the sound, from 0 (none, the default) to 1: the
   * `strength` of WaveGlow's denoiser, which takes 0.1, and of NVIDIA's for HiFi-GAN, with which 0.01 is usual.
   */
  readonly denoise?: number;
  /**
   * How often the sound is brought nearer to the mel after the generator (`createMelRefinement` of @hifigan/audio): a
   * whole number of rounds, 0 for none. As the voice's card says where left out, else none. What a generator has not
   * learned yet it mends, at some 1 ms a round and second of speech; each round looks n_fft samples further ahead, four
   * frames of HiFi-GAN's configurations. Of models whose mels are HiFi-GAN's alone.
   */
  readonly refine?: number;
  /**
   * Which phases refinement begins with: `kept`, those of the generator; `integrated`, such as go with the mel. As the
   * voice's card says where left out, else kept. A model that is not fully trained, whose speech buzzes or is hoarse,
   * gains most by integrated ones, in few rounds; one whose phases are right loses them. Integrated ones cost some 20 ms a second of speech, and look n_fft samples
   * and a frame further ahead. Nothing where no rounds are.
   */
  readonly phases?: MelPhases;
  /** Hz of what comes out, a whole number up to 655350; the configuration's where left out. */
  readonly samplingRate?: number;
}

/** How loud it shall be: one factor for all of a sound, so not of what is still to come. */
export type LevelOptions = OutputGainOptions;

export interface SynthesizeOptions extends SpeakOptions, LevelOptions {
  /**
   * Frames computed at once, 512 where left out; longer mels are cut, with an overlap that keeps the result the same,
   * so that memory stays bounded.
   */
  readonly chunkFrames?: number;
  /**
   * Called after each piece with the frames that are done; awaited, so it can let others work, or throw to stop. It
   * must not wait for further work of the same vocoder, which begins when this has ended; for its `dispose` it may, as
   * neither that nor `signal` waits for it.
   */
  readonly onProgress?: (frames: number) => void | Promise<void>;
}

export interface SynthesizeBatchOptions extends SpeakOptions, LevelOptions {
  /** As of {@link SynthesizeOptions}, over all mels. */
  readonly onProgress?: (frames: number) => void | Promise<void>;
}

export interface StreamOptions extends SpeakOptions {
  /** Frames computed at once, 32 where left out: fewer make it wait less and work more. */
  readonly chunkFrames?: number;
  /**
   * Frames that must have come before what lies before them is spoken. Left out, as many as the generator looks ahead
   * (11 to 13 of HiFi-GAN's configurations; refinement comes on top), and the sound is that of `synthesize`. With fewer the mel is taken to go
   * on as it stands, and the sound differs: the README has figures.
   */
  readonly lookAhead?: number;
}

/**
 * A voice that speaks mels. All that it is asked for is done one after the other, in the order in which it was asked.
 */
export interface Vocoder {
  readonly config: HifiGanConfig;
  readonly card: VoiceCard | undefined;
  /** What the numbers of its mels mean, before the model's own statistics. */
  readonly profile: MelProfile;
  /** What computes: the engine that it was loaded on, which it stays on. */
  readonly engine: string;
  /**
   * @param mel of the profile, as `analyze` makes it, row-major `[frames, mels]`; read when its turn comes, so that it
   *   must stay as it is until then
   * @returns frames × hop_size samples in [−1, 1] at the configuration's sampling rate, where the options ask for no
   *   other
   * @throws MelError where the mel does not fit the model; VocoderDisposedError; the signal's reason; EngineError
   * where the engine makes no sound, or what it throws, after which the next call is tried anew; RangeError for options
   */
  synthesize(mel: Mel, options?: SynthesizeOptions): Promise<Float32Array>;
  /**
   * Mels of any lengths. Those of one length are spoken at once, as many as have no more frames than a piece of
   * `synthesize`, where the engine can; others one by one, as padding would sound at their ends. To pad those of similar
   * lengths, within a tenth, and compute their ends anew takes more: on hifigan-wasm 1.2 times the time at 240 frames, 1.4
   * at 80, 1.8 at 20, and about the same were the ends for nothing.
   *
   * @returns of each what `synthesize` gives (within 1e-5; refined, 1e-4)
   * @throws as `synthesize`; MelError names the mel by its index, before any is spoken
   */
  synthesizeBatch(mels: readonly Mel[], options?: SynthesizeBatchOptions): Promise<Float32Array[]>;
  /**
   * Speaks a mel while it comes, in memory that does not grow with its length. Parts are asked for when samples are.
   *
   * @param mels the mel in parts of any lengths, none included
   * @returns its samples in parts of any lengths, together those of `synthesize` of the whole mel (within 1e-5; refined, 1e-4). They
   *   can be iterated once, since neither the mel nor the sound is kept
   * @throws as `synthesize`, of the part that is at fault; Error where it is iterated again
   */
  stream(
    mels: AsyncIterable<Mel> | Iterable<Mel>,
    options?: StreamOptions,
  ): AsyncIterable<Float32Array>;
  /**
   * The mel that this voice understands, in the numbers of its profile.
   *
   * @param audio samples in [−1, 1] at the configuration's sampling rate
   * @throws RangeError where the audio is too short or not finite, or the profile is normalised by statistics that
   *   are not there; TypeError where it is no Float32Array
   */
  analyze(audio: Float32Array): Mel;
  /**
   * Speaks silence, unheard, so that what backends do once (compiling, packing weights) is done.
   *
   * @param frames of the pieces that are to come, since backends prepare for lengths; 32 where left out, 65,536 at most
   * @throws as `synthesize`
   */
  warmup(frames?: number, options?: Pick<SpeakOptions, 'signal'>): Promise<void>;
  /**
   * Frees the weights; the vocoder cannot be used afterwards. What is being spoken ends after its piece, and it and
   * all that waits is rejected with a VocoderDisposedError.
   *
   * @returns when all is freed: at once where nothing is being spoken
   */
  dispose(): Promise<void>;
}

/** Where vocoders come from. */
export const Vocoder = {
  /**
   * Makes a vocoder of a bundle.
   *
   * @param source a bundle that is open, or where one lies: `voice` of `@hifigan/voice`, an address, in Node
   * `folderReader(path)` of `@hifigan/vocoder/node`, bytes by name, a zip archive of a bundle, or a function that reads files by their names
   * @throws TypeError and RangeError for options, StateError where weights and configuration do not belong together, GoldenError where something else comes
   * out than must, what `openBundle` throws, and the signal's reason
   */
  load: (source: Bundle | BundleSource, options?: LoadVocoderOptions): Promise<Vocoder> =>
    loadVocoder(source, options),
} as const;
