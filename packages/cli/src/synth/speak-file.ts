import type { MelPhases } from '@hifigan/audio';
import { type Context, heedInterrupt } from '../context.js';
import { Interrupted } from '../errors.js';
import type { Job } from '../files/plan-outputs.js';
import { RecordingNotices } from '../files/recording-notices.js';
import { type StatedMels, statedMels } from '../mel-doctor/profile-options.js';
import { type OpenedVocoder, openVocoder } from '../model/open-vocoder.js';
import { refinementBy } from '../options.js';
import { counted } from '../terminal/format.js';
import { finishSound, needsWhole } from './finish-sound.js';
import { openInput } from './input.js';
import { openMel } from './open-mel.js';
import type { SoundFormat } from './sound-encoder.js';
import { isPiped, SoundFile } from './sound-file.js';
import type { SpeakOptions } from './synth-options.js';

// Between pieces Ctrl-C is heard and progress told: seconds apart even where computing is slow.
const CHUNK_FRAMES = 256;
/** Of who listens: a quarter of a second of the usual rates, and half as much work again for what lies around it. */
const LISTENER_FRAMES = 24;

/** What is said of a result. */
export interface SpokenFile {
  readonly frames: number;
  readonly seconds: number;
  /** Samples that were too loud to be stored as they were; absent where there are none. */
  readonly clipped?: number;
}

/** What speaks, for people. */
export interface AboutSpeaker extends Pick<OpenedVocoder, 'shown' | 'computes'> {
  /** Rounds of refinement. */
  readonly refined: number;
  /** That it begins with; absent where there is none. */
  readonly phases?: MelPhases;
}

/** A voice that speaks files, one after the other. */
export class FileSpeaker {
  readonly #context: Context;
  readonly #options: SpeakOptions & { readonly format: SoundFormat };
  readonly #opened: OpenedVocoder;
  readonly #stated: StatedMels;
  readonly #notices: RecordingNotices;

  private constructor(
    context: Context,
    options: SpeakOptions & { readonly format: SoundFormat },
    opened: OpenedVocoder,
    stated: StatedMels,
  ) {
    this.#context = context;
    this.#options = options;
    this.#opened = opened;
    this.#stated = stated;
    this.#notices = new RecordingNotices(context);
  }

  /** @throws what openVocoder throws */
  static async open(
    context: Context,
    options: SpeakOptions & { readonly format: SoundFormat },
  ): Promise<FileSpeaker> {
    // Files that are small before those that are large.
    const stated = await statedMels(context, options);
    return new FileSpeaker(context, options, await openVocoder(context, options), stated);
  }

  get about(): AboutSpeaker {
    const { shown, computes, vocoder } = this.#opened;
    return { shown, computes, ...refinementBy(this.#options, vocoder.card) };
  }

  /**
   * Speaks a file, or stdin, and writes the sound while it is made.
   *
   * @param advance called after each piece with the share that is done, NaN where that is not known, and seconds of
   *   sound
   * @throws Interrupted after Ctrl-C, UserError and others naming the file; nothing is left behind then
   */
  async speak(
    { file, output }: Pick<Job, 'file' | 'output'>,
    advance: (share: number, seconds: number) => Promise<void>,
  ): Promise<SpokenFile> {
    const { signal, console } = this.#context;
    const { vocoder } = this.#opened;
    const { hop_size: hop, sampling_rate: own } = vocoder.config;
    const options = this.#options;
    const samplingRate = options.samplingRate ?? own;
    const warn = (what: string) => console.warn(`${file.shown}: ${what}`);
    const input = await openInput(this.#context, file);
    let sound: SoundFile | undefined;
    try {
      const mel = await openMel(input, {
        ...{ vocoder, format: options.inputFormat, ...this.#stated },
        ...{ notices: this.#notices, context: this.#context },
      });
      const samples = mel.frames && Math.ceil((mel.frames * hop * samplingRate) / own);
      const { format, dither = false } = options;
      const replace = options.force === true;
      const stored = { format, dither, samplingRate, samples, replace };
      await SoundFile.check({ output }, stored);
      let frames = 0;
      const parts = (async function* () {
        for await (const part of mel.parts) {
          frames += part.frames;
          yield part;
        }
      })();
      const spoken = vocoder.stream(parts, {
        chunkFrames: this.#chunkFrames(file.path === '-' && (await isPiped(output))),
        ...{ signal, samplingRate, denoise: options.denoise },
        ...{ refine: options.refine, phases: options.phases },
      });
      const watched = this.#watched(spoken, (made) =>
        advance(samples === undefined ? Number.NaN : made / samples, made / samplingRate),
      );
      for await (const piece of finishSound(watched, samplingRate, { ...options, tell: warn })) {
        // Not before there is sound: of what cannot be spoken nothing is written.
        sound ??= await SoundFile.open(this.#context, { output }, stored);
        await sound.write(piece);
      }
      await sound?.end();
      const { clipped = 0, samples: written = 0 } = sound?.facts ?? {};
      if (clipped > 0) {
        warn(
          `${counted(clipped, 'sample')} louder than full scale, clipped; make it quieter with --peak -1, or take --format float32`,
        );
      }
      return {
        frames,
        seconds: written / samplingRate,
        ...(clipped > 0 && { clipped }),
      };
    } catch (error) {
      await sound?.discard();
      // What ends a stream in between says so in its own words.
      if (signal.aborted) throw new Interrupted();
      throw error;
    } finally {
      await input.close();
    }
  }

  /** What of many files was only counted is told; the voice is gone. */
  async end(): Promise<void> {
    this.#notices.end();
    await this.#opened.vocoder.dispose();
  }

  /** Between two pieces Ctrl-C is heard and progress told. */
  async *#watched(
    sound: AsyncIterable<Float32Array>,
    advance: (made: number) => Promise<void>,
  ): AsyncGenerator<Float32Array> {
    let made = 0;
    for await (const piece of sound) {
      made += piece.length;
      yield piece;
      await heedInterrupt(this.#context);
      await advance(made);
    }
  }

  #chunkFrames(piped: boolean): number {
    const { chunkFrames, stream } = this.#options;
    if (chunkFrames !== undefined) return chunkFrames;
    return stream || (piped && !needsWhole(this.#options)) ? LISTENER_FRAMES : CHUNK_FRAMES;
  }
}
