import { type FileHandle, open } from 'node:fs/promises';
import {
  RECOGNIZED_BYTES,
  RECOGNIZED_TAIL_BYTES,
  type RecognizedFile,
  recognizeFile,
} from '@hifigan/checkpoint';
import { type Context, pathOf } from '../context.js';
import { REASONS, UserError } from '../errors.js';
import { readInput } from './read-input.js';

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
  /** All of it. @throws UserError where it cannot be read */
  bytes(): Promise<Uint8Array>;
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
      bytes: () => read(0, about.size),
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
    bytes: async () => bytes,
  };
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
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done);
    // It became shorter while it was read.
    if (bytesRead === 0) return bytes.subarray(0, done);
    done += bytesRead;
  }
  return bytes;
}
