import { ForeignError } from '@hifigan/vocoder';
import { unzipSync } from 'fflate';

/** Of an archive's contents. */
const MOST_BYTES = 2 ** 31;

/**
 * The files of a zipped model, without its folders.
 *
 * @throws ForeignError where it is no archive or holds too much
 */
export async function unzipModel(file: File): Promise<File[]> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let total = 0;
  let found: Record<string, Uint8Array>;
  try {
    found = unzipSync(bytes, {
      filter({ name, originalSize }) {
        if (name.endsWith('/') || name.startsWith('__MACOSX/')) return false;
        total += originalSize;
        return total <= MOST_BYTES;
      },
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ForeignError(
      `${file.name}: cannot be unpacked (${reason}), and must be a whole zip archive; pack or copy it again`,
    );
  }
  if (total > MOST_BYTES) {
    throw new ForeignError(
      `${file.name}: holds ${total} bytes and must hold ${MOST_BYTES} at most, because a page holds a model in memory; pack the generator and its configuration alone`,
    );
  }
  return Object.entries(found).map(
    ([name, content]) => new File([content.slice()], name.split('/').at(-1)!),
  );
}
