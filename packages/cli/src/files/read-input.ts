import { readFile } from 'node:fs/promises';
import { type Context, pathOf } from '../context.js';
import { REASONS, UserError } from '../errors.js';

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
  if (typed === '-') return readStream(context.stdin);
  try {
    return await readFile(pathOf(context, typed));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(`${shown}: cannot be read: ${(code && REASONS[code]) ?? message}`, {
      cause: error,
    });
  }
}

async function readStream(stream: NodeJS.ReadableStream): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream)
    chunks.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks);
}
