import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { type Context, pathOf } from '../context.js';
import { Interrupted, REASONS, UserError } from '../errors.js';
import { byteSize } from '../terminal/format.js';
import { refuseSpecial } from './refuse-special.js';

/** What stdin held: it can be read once, and a configuration from there is looked at by more than one. */
const streams = new WeakMap<NodeJS.ReadableStream, Promise<Uint8Array>>();

/**
 * The bytes of a file, or of stdin for `-`; who asks for stdin again gets the same.
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
    const { stdin } = context;
    if (!streams.has(stdin)) streams.set(stdin, readStream(context));
    return streams.get(stdin)!;
  }
  const path = pathOf(context, typed);
  await refuseSpecial(path, shown);
  await context.sources?.note(path, shown);
  try {
    return await readFile(path, { signal: context.signal });
  } catch (error) {
    if (context.signal.aborted) throw new Interrupted();
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(`${shown}: cannot be read: ${(code && REASONS[code]) ?? message}`, {
      cause: error,
    });
  }
}

/** What never ends, such as /dev/zero, must not be held until the memory does. */
const MOST_STDIN = 2 ** 30;

async function readStream({ stdin, signal }: Context): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  const ended = (async () => {
    let length = 0;
    for await (const chunk of stdin) {
      chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
      length += chunk.length;
      if (length > MOST_STDIN) {
        throw new UserError(
          `stdin: more than ${byteSize(MOST_STDIN)} came, which are not held in memory; put them into a file and name that`,
        );
      }
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
