/** A field of a protobuf message that holds bytes. */
export function bytesField(number: number, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const bytes = Buffer.concat(parts.map((part) => Buffer.from(part)));
  // Lengths in groups of seven bits, the lowest first.
  const length =
    bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7];
  return Buffer.concat([Uint8Array.of((number << 3) | 2, ...length), bytes]);
}
