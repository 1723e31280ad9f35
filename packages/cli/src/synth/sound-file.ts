import { clippedSamples } from '@hifigan/audio';
import type { Context } from '../context.js';
import type { Job } from '../files/plan-outputs.js';
import { type GrowingFile, openAtomic } from '../files/write-atomic.js';
import {
  bitsOf,
  createSoundEncoder,
  type SoundEncoder,
  type SoundEncoderOptions,
} from './sound-encoder.js';

export interface SoundFileOptions extends Omit<SoundEncoderOptions, 'piped'> {
  /** That will be written, where that is known. */
  readonly samples?: number;
}

/** A file or pipe that sound is written to as it is made. */
export class SoundFile {
  readonly #file: GrowingFile;
  readonly #encoder: SoundEncoder;
  /** Of a whole number; floats clip nothing. */
  readonly #bits: number | undefined;
  #clipped = 0;
  #samples = 0;

  private constructor(file: GrowingFile, encoder: SoundEncoder, options: SoundFileOptions) {
    this.#file = file;
    this.#encoder = encoder;
    this.#bits = bitsOf(options.format);
  }

  /** Looks before anything is spoken. @throws UserError where so many samples cannot be stored in a file */
  static async check({ output }: Pick<Job, 'output'>, options: SoundFileOptions): Promise<void> {
    const encoder = await createSoundEncoder({ ...options, piped: output === '-' });
    try {
      encoder.begin(options.samples);
    } finally {
      encoder.dispose?.();
    }
  }

  /** @throws UserError where it cannot be written */
  static async open(
    context: Context,
    { output }: Pick<Job, 'output'>,
    options: SoundFileOptions,
  ): Promise<SoundFile> {
    const encoder = await createSoundEncoder({ ...options, piped: output === '-' });
    try {
      const begin = encoder.begin(options.samples);
      const file = output === '-' ? standardOutput(context) : await openAtomic(output);
      const sound = new SoundFile(file, encoder, options);
      try {
        await file.write(begin);
        return sound;
      } catch (error) {
        await sound.discard();
        throw error;
      }
    } catch (error) {
      encoder.dispose?.();
      throw error;
    }
  }

  /** Samples so far, and those of them that were beyond full scale and could not be stored as they were. */
  get facts(): { readonly samples: number; readonly clipped: number } {
    return { samples: this.#samples, clipped: this.#clipped };
  }

  async write(samples: Float32Array): Promise<void> {
    if (samples.length === 0) return;
    this.#samples += samples.length;
    if (this.#bits !== undefined) this.#clipped += clippedSamples(samples, this.#bits);
    await this.#file.write(this.#encoder.encode(samples));
  }

  /** All is written: the file takes its name. */
  async end(): Promise<void> {
    const { bytes, start } = this.#encoder.end();
    if (bytes.length > 0) await this.#file.write(bytes);
    await this.#file.writeStart?.(start);
    await this.#file.commit();
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    this.#encoder.dispose?.();
    await this.#file.discard();
  }
}

function standardOutput({ console }: Context): GrowingFile {
  const nothing = async () => undefined;
  return { write: (bytes) => console.result(bytes), commit: nothing, discard: nothing };
}
