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

/** Runs a reader on a whole file in memory; it is handed views of `bytes`. */
export function readFromBytes<T>(reading: Reading<T>, bytes: Uint8Array): T {
  let step = reading.next();
  while (!step.done) {
    const { start, end } = checked(step.value, bytes.byteLength);
    step = reading.next(bytes.subarray(start, end));
  }
  return step.value;
}

/** Runs a reader on a source. */
export async function readFromSource<T>(reading: Reading<T>, source: ByteSource): Promise<T> {
  let step = reading.next();
  while (!step.done) {
    const { start, end } = checked(step.value, source.size);
    const bytes = await source.read(start, end);
    if (bytes.byteLength !== end - start) {
      throw new FormatError(
        `bytes ${start} to ${end} were asked for and ${bytes.byteLength} came: the file changed while it was read; read it again`,
      );
    }
    step = reading.next(bytes);
  }
  return step.value;
}

/** Readers look before they ask; this is for what they overlook. */
function checked(asked: Range, size: number): Range {
  if (!(asked.start >= 0 && asked.start <= asked.end && asked.end <= size)) {
    throw new FormatError(`bytes ${asked.start} to ${asked.end} do not lie in a file of ${size}`);
  }
  return asked;
}
