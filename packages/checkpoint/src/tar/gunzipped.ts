import type { ByteSource } from '../byte-source.js';
import type { FormatError } from '../named-array.js';

/** Deflate packs a thousand bytes into one at best, and a page unpacks all that it is handed: 16 MiB at most. */
const PIECE = 2 ** 14;

/**
 * A gzip file unpacked piece by piece, by the platform's own decompressor, which checks its checksum.
 *
 * @throws FormatError where it is damaged or cut off
 */
export async function* gunzipped(
  source: ByteSource,
  fail: (what: string) => FormatError,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  let unread: unknown;
  const packed = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        const end = Math.min(source.size, at + PIECE);
        try {
          controller.enqueue(new Uint8Array(await source.read(at, end)));
        } catch (error) {
          unread = error;
          throw error;
        }
        at = end;
        if (at === source.size) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const reader = packed.pipeThrough(new DecompressionStream('gzip')).getReader();
  try {
    while (true) {
      const { value, done } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch {
    // What the source says goes before what the decompressor makes of it.
    if (unread !== undefined) throw unread;
    throw fail('it cannot be unpacked (gzip): it is damaged or cut off');
  } finally {
    await reader.cancel().catch(() => {});
  }
}
