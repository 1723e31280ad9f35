import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { type Context, pathOf } from '../context.js';
import { Interrupted, REASONS, UserError } from '../errors.js';

/**
 * The bytes of a file, or of stdin for `-`.
 *
 * @param shown what to call it in errors
 * @throws UserError naming the file and the cure
 */
export async function readInput(
  context: Context,
  typed: string,
  shown = typed,
): Promise<Uint8Array> {
  if (typed === '-') {
    const read = streams.get(context) ?? readStream(context);
    streams.set(context, read);
    return read;
  }
  try {
    return await readFile(pathOf(context, typed));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(`${shown}: cannot be read: ${(code && REASONS[code]) ?? message}`, {
      cause: error,
    });
  }
}

/** It can be read once, and a configuration is asked for twice: what the model is, and what is in it. */
const streams = new WeakMap<Context, Promise<Uint8Array>>();

async function readStream({ stdin, signal }: Context): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  const ended = (async () => {
    for await (const chunk of stdin) {
      chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    }
  })();
  // A terminal may never end: Ctrl-C must.
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, failed) => {
    stop = () => {
      failed(new Interrupted());
      // Unended, it would keep the process alive.
      if (stdin instanceof Readable) stdin.destroy();
    };
    signal.addEventListener('abort', stop);
  });
  try {
    await Promise.race([ended, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
  return Buffer.concat(chunks);
}
