import { type FileHandle, open } from 'node:fs/promises';
import {
  RECOGNIZED_BYTES,
  RECOGNIZED_TAIL_BYTES,
  type RecognizedFile,
  recognizeFile,
} from '@hifigan/checkpoint';
import { type Context, pathOf } from '../context.js';
import { REASONS, UserError } from '../errors.js';
import { byteSize } from '../terminal/format.js';
import { readInput } from './read-input.js';
import { refuseSpecial } from './refuse-special.js';

/**
 * Of one read: the system takes no more than 2 GiB less a byte at once, and Node ends the process where more is asked.
 */
const MOST_AT_ONCE = 2 ** 30;
/** Of a file that is held whole: what is made of it takes several times as much. */
const MOST_WHOLE = 2 ** 30;

/** A file that is looked at: what it seems to be, and of the rest as much as is asked for. */
export interface InputFile {
  /** As the user typed it; `-` is stdin. */
  readonly typed: string;
  /** Bytes. */
  readonly size: number;
  /** Its first bytes, as many as tell what it is. */
  readonly head: Uint8Array;
  /** What they tell. */
  readonly found: RecognizedFile | undefined;
  /** Bytes `start` up to, not including, `end`. @throws UserError where they cannot be read */
  read(start: number, end: number): Promise<Uint8Array>;
  /**
   * All of it.
   *
   * @param most bytes that are held; default and at most 1 GiB
   * @throws UserError where it cannot be read, or is larger
   */
  bytes(most?: number): Promise<Uint8Array>;
}

/**
 * Opens a file for the time of the work. What is no plain file (stdin, a pipe) is read whole.
 *
 * @throws UserError where it cannot be read, and what the work throws
 */
export async function withInputFile<T>(
  context: Context,
  typed: string,
  work: (file: InputFile) => Promise<T>,
): Promise<T> {
  const refuse = (error: NodeJS.ErrnoException) => {
    throw new UserError(`${typed}: cannot be read: ${REASONS[error.code ?? ''] ?? error.message}`, {
      cause: error,
    });
  };
  if (typed === '-') return work(fileOfBytes(typed, await readInput(context, typed)));
  await refuseSpecial(pathOf(context, typed), typed);
  const handle = await open(pathOf(context, typed), 'r').catch(refuse);
  try {
    const about = await handle.stat();
    if (!about.isFile()) return await work(fileOfBytes(typed, await readInput(context, typed)));
    const read = (start: number, end: number) =>
      readRange(handle, start, Math.min(end, about.size)).catch(refuse);
    const head = await read(0, RECOGNIZED_BYTES);
    const tail = await read(Math.max(0, about.size - RECOGNIZED_TAIL_BYTES), about.size);
    return await work({
      ...{ typed, size: about.size, head, found: recognizeFile(head, tail), read },
      async bytes(most = MOST_WHOLE) {
        checkSize(typed, about.size, most);
        return read(0, about.size);
      },
    });
  } finally {
    await handle.close();
  }
}

function fileOfBytes(typed: string, bytes: Uint8Array): InputFile {
  return {
    ...{ typed, size: bytes.length, head: bytes.subarray(0, RECOGNIZED_BYTES) },
    found: recognizeFile(bytes),
    read: async (start, end) => bytes.subarray(start, end),
    async bytes(most = MOST_WHOLE) {
      checkSize(typed, bytes.length, most);
      return bytes;
    },
  };
}

function checkSize(typed: string, size: number, most: number): void {
  if (size <= most) return;
  throw new UserError(
    `${typed}: has ${byteSize(size)}, and must have ${byteSize(most)} at most, because a file of its kind is looked at as a whole; cut off a part and give that`,
  );
}

/** Bytes `start` up to `end` of an open file; fewer where it has become shorter meanwhile. */
export async function readRange(
  handle: FileHandle,
  start: number,
  end: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.max(0, end - start));
  let done = 0;
  while (done < bytes.length) {
    const length = Math.min(MOST_AT_ONCE, bytes.length - done);
    const { bytesRead } = await handle.read(bytes, done, length, start + done);
    // It became shorter while it was read.
    if (bytesRead === 0) return bytes.subarray(0, done);
    done += bytesRead;
  }
  return bytes;
}
