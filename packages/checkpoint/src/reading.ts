import type { ByteSource } from './byte-source.js';
import { FormatError } from './named-array.js';

/** Bytes of a file: from `start` up to, not including, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/**
 * A reader that asks for ranges of a file and is handed their bytes: written once, it runs over bytes in memory at once
 * ({@link readFromBytes}) and over a source as they arrive ({@link readFromSource}).
 */
export type Reading<T> = Generator<Range, T, Uint8Array>;

/** Asks for one range. */
export function* range(start: number, end: number): Reading<Uint8Array> {
  return yield { start, end };
}

/**
 * Runs a reader on a whole file in memory; it is handed views of `bytes`.
 *
 * @param where what to call the file in errors
 */
export function readFromBytes<T>(reading: Reading<T>, bytes: Uint8Array, where = 'file'): T {
  let step = reading.next();
  while (!step.done) {
    const { start, end } = checked(step.value, bytes.byteLength, where);
    step = reading.next(bytes.subarray(start, end));
  }
  return step.value;
}

/** Runs a reader on a source. @param where what to call the file in errors */
export async function readFromSource<T>(
  reading: Reading<T>,
  source: ByteSource,
  where = 'file',
): Promise<T> {
  let step = reading.next();
  while (!step.done) {
    const { start, end } = checked(step.value, source.size, where);
    const bytes = await source.read(start, end);
    if (bytes.byteLength !== end - start) {
      throw new FormatError(
        `${where}: bytes ${start} to ${end} were asked for and ${bytes.byteLength} came: the file changed while it was read; read it again`,
      );
    }
    step = reading.next(bytes);
  }
  return step.value;
}

/** Readers look before they ask; this is for what they overlook. */
function checked(asked: Range, size: number, where: string): Range {
  if (!(asked.start >= 0 && asked.start <= asked.end && asked.end <= size)) {
    throw new FormatError(
      `${where}: bytes ${asked.start} to ${asked.end} must lie in the file, and it has ${size}: it is damaged; copy or download it again`,
    );
  }
  return asked;
}
