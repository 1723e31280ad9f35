import type { FileBytes } from '@hifigan/train/node';
import { type Context, heedInterrupt } from '../context.js';

/** Bytes that are written at once: more would keep Ctrl-C waiting. */
const MOST = 2 ** 24;

/**
 * Contents of a file in pieces between which Ctrl-C is heard.
 *
 * @param told of the length of each piece
 * @throws Interrupted, and what makes the pieces
 */
export async function* heededPieces(
  context: Context,
  bytes: FileBytes,
  told: (length: number) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  for await (const piece of piecesOf(bytes)) {
    for (let at = 0; at < piece.length; at += MOST) {
      await heedInterrupt(context);
      const part = piece.subarray(at, at + MOST);
      told(part.length);
      yield part;
    }
  }
}

function piecesOf(bytes: FileBytes): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  if (typeof bytes === 'string') return [new TextEncoder().encode(bytes)];
  return bytes instanceof Uint8Array ? [bytes] : bytes;
}
