import { constants, open as openDescriptor } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type { ByteSource } from '@hifigan/checkpoint';
import { type Context, pathOf } from '../context.js';
import { Interrupted, REASONS, UserError } from '../errors.js';
import type { FoundFile } from '../files/find-files.js';
import { readRange } from '../files/input-file.js';
import { refuseSpecial } from '../files/refuse-special.js';
import { ByteReader } from './byte-reader.js';

/** A file, pipe or stdin that is read while it is spoken. */
export interface Input {
  /** As the user knows it. */
  readonly shown: string;
  /** The bytes in their order. */
  readonly bytes: ByteReader;
  /** Any part of it; absent of pipes. */
  readonly source?: ByteSource;
  close(): Promise<void>;
}

/** Of one reading of a file. */
const PIECE_BYTES = 1 << 18;

/** @throws UserError where it cannot be read */
export async function openInput(context: Context, { path, shown }: FoundFile): Promise<Input> {
  if (path === '-') {
    const bytes = new ByteReader(stdinPieces(context));
    return { shown, bytes, close: () => bytes.close() };
  }
  const refuse = (error: NodeJS.ErrnoException): never => {
    throw new UserError(`${shown}: cannot be read: ${REASONS[error.code ?? ''] ?? error.message}`, {
      cause: error,
    });
  };
  const real = pathOf(context, path);
  const isPipe = (await stat(real).catch(refuse)).isFIFO();
  if (!isPipe) await refuseSpecial(real, shown);
  if (isPipe) {
    const stream = await openFifo(real).catch(refuse);
    const bytes = new ByteReader(streamPieces(stream, context.signal));
    // What was not begun has nothing that would end it.
    return { shown, bytes, close: async () => void stream.destroy() };
  }
  const handle = await open(real, 'r').catch(refuse);
  try {
    const about = await handle.stat();
    if (about.isDirectory()) throw new UserError(`${shown}: ${REASONS.EISDIR}`);
    const regular = about.isFile();
    const bytes = new ByteReader(
      regular ? filePieces(handle, refuse) : pipePieces(handle, context.signal),
    );
    const close = async () => {
      await bytes.close();
      await handle.close().catch(() => undefined);
    };
    if (!regular) return { shown, bytes, close };
    const read: ByteSource['read'] = async (start, end) => {
      const part = await readRange(handle, start, end).catch(refuse);
      if (part.length < end - start) {
        throw new UserError(
          `${shown}: it became shorter while it was read; wait until it is written`,
        );
      }
      return part;
    };
    return { shown, bytes, source: { size: about.size, read }, close };
  } catch (error) {
    await handle.close().catch(() => undefined);
    throw error;
  }
}

async function* filePieces(
  handle: FileHandle,
  refuse: (error: NodeJS.ErrnoException) => never,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; ; ) {
    const piece = await readRange(handle, at, at + PIECE_BYTES).catch(refuse);
    if (piece.length === 0) return;
    yield piece;
    at += piece.length;
  }
}

/**
 * A named pipe, which may have no writer yet: opened as a file it would hold a thread of Node until one comes, and no
 * Ctrl-C would end that.
 */
async function openFifo(path: string): Promise<Readable> {
  const descriptor = await promisify(openDescriptor)(
    path,
    constants.O_RDONLY | constants.O_NONBLOCK,
  );
  return new Socket({ fd: descriptor, readable: true, writable: false });
}

function pipePieces(handle: FileHandle, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  return streamPieces(handle.createReadStream({ autoClose: false }), signal);
}

function stdinPieces({ stdin, signal }: Context): AsyncGenerator<Uint8Array> {
  return streamPieces(stdin, signal);
}

/** A terminal or pipe may never end: Ctrl-C must. */
async function* streamPieces(
  stream: NodeJS.ReadableStream,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (signal.aborted) throw new Interrupted();
  const stop = () => {
    if (stream instanceof Readable) stream.destroy(new Interrupted());
  };
  signal.addEventListener('abort', stop);
  try {
    for await (const chunk of stream) {
      yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
