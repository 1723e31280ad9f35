import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trackUnfinished } from '@hifigan/train/node';
import { REASONS, UserError } from '../errors.js';
import { readRange } from '../files/input-file.js';

/** Samples that are read at once. */
const PIECE_SAMPLES = 1 << 16;

/** Sound that is kept on the disk until all of it is known, so that memory does not grow with its length. */
export class Spool {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #forget: () => void;
  #samples = 0;

  private constructor(file: FileHandle, path: string, forget: () => void) {
    this.#file = file;
    this.#path = path;
    this.#forget = forget;
  }

  /** @throws UserError where there is no room for temporary files */
  static async open(folder = tmpdir()): Promise<Spool> {
    const path = join(folder, `hifigan-${randomBytes(8).toString('hex')}.f32`);
    const forget = trackUnfinished(path);
    try {
      return new Spool(await open(path, 'wx+', 0o600), path, forget);
    } catch (error) {
      forget();
      throw inWords(error, folder);
    }
  }

  async write(samples: Float32Array): Promise<void> {
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    try {
      await this.#file.writeFile(bytes);
    } catch (error) {
      throw inWords(error, this.#path);
    }
    this.#samples += samples.length;
  }

  /** What was written, from its beginning. */
  async *pieces(): AsyncGenerator<Float32Array> {
    for (let at = 0; at < this.#samples; at += PIECE_SAMPLES) {
      const end = Math.min(at + PIECE_SAMPLES, this.#samples);
      const bytes = await readRange(this.#file, 4 * at, 4 * end);
      yield new Float32Array(bytes.buffer, bytes.byteOffset, end - at);
    }
  }

  async remove(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    await rm(this.#path, { force: true }).catch(() => undefined);
    this.#forget();
  }
}

function inWords(error: unknown, path: string): UserError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return new UserError(
    `${path}: cannot be written: ${REASONS[code] ?? message} (TMPDIR names another place for temporary files)`,
    { cause: error },
  );
}
