import { joinPieces } from '../join-pieces.js';
import { latin } from './pickle-text.js';

/** A file of a tar archive, of which anything may lie. */
export interface TarEntry {
  readonly name: string;
  readonly bytes?: Uint8Array;
  /** As the header says it; else of `bytes`. */
  readonly size?: string | number;
  readonly type?: string;
  /** What is added to the right checksum. */
  readonly off?: number;
}

const BLOCK = 512;

/** A tar archive of these headers and contents, with its end or, where `end` is 0, without. */
export function tarOf(entries: readonly TarEntry[], end = 2): Uint8Array {
  return joinPieces([...entries.flatMap(entry), new Uint8Array(end * BLOCK)]);
}

function entry({ name, bytes = new Uint8Array(), size, type = '0', off = 0 }: TarEntry) {
  const header = new Uint8Array(BLOCK);
  const field = (at: number, text: string, length: number) =>
    header.set(latin(text).subarray(0, length), at);
  field(0, name, 100);
  field(100, '0000644\0', 8);
  field(124, typeof size === 'string' ? size : octal(size ?? bytes.length, 11), 12);
  field(148, ' '.repeat(8), 8);
  field(156, type, 1);
  field(257, 'ustar\0' + '00', 8);
  field(148, octal(header.reduce((sum, byte) => sum + byte, 0) + off, 6), 8);
  return [header, bytes, new Uint8Array((BLOCK - (bytes.length % BLOCK)) % BLOCK)];
}

const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;

/** A record of POSIX' extended header. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length++;
  return `${length}${rest}`;
}
