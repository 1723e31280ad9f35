import type { FormatError } from '../named-array.js';

/**
 * Records of POSIX' extended header, each `LENGTH KEY=VALUE\n` with its own length in decimal digits.
 *
 * @throws FormatError where they do not follow each other so
 */
export function readPaxRecords(
  bytes: Uint8Array,
  fail: (what: string) => FormatError,
): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    // More digits than any length has are none.
    const found = /^([1-9]\d{0,9}) /.exec(latin(bytes.subarray(at, at + 11)));
    const end = at + Number(found?.[1]);
    const text = found && new TextDecoder().decode(bytes.subarray(at + found[0].length, end));
    const equals = text?.indexOf('=') ?? -1;
    if (!text || !(end <= bytes.length) || equals < 1 || !text.endsWith('\n')) {
      throw fail('what stands of a file in it is damaged');
    }
    records.set(text.slice(0, equals), text.slice(equals + 1, -1));
    at = end;
  }
  return records;
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
