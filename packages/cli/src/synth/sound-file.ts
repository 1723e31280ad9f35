import { stat } from 'node:fs/promises';
import { clippedSamples } from '@hifigan/audio';
import type { Context } from '../context.js';
import type { Job } from '../files/plan-outputs.js';
import { type GrowingFile, openAtomic } from '../files/write-atomic.js';
import {
  bitsOf,
  createSoundEncoder,
  extensionOf,
  type SoundEncoder,
  type SoundEncoderOptions,
} from './sound-encoder.js';

export interface SoundFileOptions extends Omit<SoundEncoderOptions, 'piped'> {
  /** That will be written, where that is known. */
  readonly samples?: number;
  /** Whether a file that has come meanwhile is written over. */
  readonly replace?: boolean;
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
    // FLAC counts further than anybody speaks, and what is no file counts nothing.
    if (extensionOf(options.format) !== '.wav' || (await isPiped(output))) return;
    (await createSoundEncoder({ ...options, piped: false })).begin(options.samples);
  }

  /** @throws UserError where it cannot be written */
  static async open(
    context: Context,
    { output }: Pick<Job, 'output'>,
    options: SoundFileOptions,
  ): Promise<SoundFile> {
    const file = output === '-' ? standardOutput(context) : await openAtomic(output, options);
    let encoder: SoundEncoder | undefined;
    try {
      encoder = await createSoundEncoder({ ...options, piped: file.writeStart === undefined });
      await file.write(encoder.begin(options.samples));
      return new SoundFile(file, encoder, options);
    } catch (error) {
      encoder?.dispose?.();
      await file.discard();
      throw error;
    }
  }

  /** Samples so far, and those of them that were too loud to be stored as they were. */
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

/** Whether it goes to stdout, a device or a named pipe: somebody may listen, and no first bytes can be written over. */
export async function isPiped(output: string): Promise<boolean> {
  if (output === '-') return true;
  const found = await stat(output).catch(() => undefined);
  return found !== undefined && !found.isFile();
}

function standardOutput({ console }: Context): GrowingFile {
  const nothing = async () => undefined;
  return { write: (bytes) => console.result(bytes), commit: nothing, discard: nothing };
}
