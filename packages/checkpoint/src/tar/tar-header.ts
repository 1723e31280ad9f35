import type { FormatError } from '../named-array.js';

/** Headers, and contents with what fills them up, are multiples of it. */
export const TAR_BLOCK = 512;

/** What a header says of what follows it. */
export interface TarHeader {
  readonly name: string;
  readonly size: number;
  /** `0` a file, `5` a folder, `x` and `g` records of POSIX, `L` and `K` long names of GNU, … */
  readonly type: string;
}

/**
 * Reads a header of POSIX' ustar, or of GNU's tar.
 * https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06
 *
 * @param block {@link TAR_BLOCK} bytes, not all zero
 * @throws FormatError where it does not match its checksum, or its size is none
 */
export function readTarHeader(block: Uint8Array, fail: (what: string) => FormatError): TarHeader {
  // The sum of all bytes, those of the sum itself counted as spaces.
  const sum = block.reduce((all, byte, at) => all + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (numberAt(block, 148, 8) !== sum) {
    throw fail('a header does not match its checksum: it is damaged, or no tar archive');
  }
  const size = numberAt(block, 124, 12);
  if (!Number.isSafeInteger(size) || size < 0)
    throw fail('a file in it has no size: it is damaged');
  const magic = textAt(block, 257, 6);
  const prefix = magic === 'ustar' ? textAt(block, 345, 155) : '';
  const name = textAt(block, 0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size,
    // Before POSIX a file had no letter; 7 is one that should lie in one piece.
    type: block[156] === 0 || block[156] === 0x37 ? '0' : String.fromCharCode(block[156]),
  };
}

/** Up to the first zero. */
export function tarText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

function textAt(block: Uint8Array, start: number, length: number): string {
  return tarText(block.subarray(start, start + length));
}

/** In octal digits, or, where the first bit is set, as GNU has large ones, in base 256; NaN where it is neither. */
function numberAt(block: Uint8Array, start: number, length: number): number {
  if (block[start] & 0x80) {
    const rest = block.subarray(start + 1, start + length);
    return rest.reduce((number, byte) => 256 * number + byte, block[start] & 0x7f);
  }
  const digits = textAt(block, start, length).trim();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || '0', 8) : Number.NaN;
}
