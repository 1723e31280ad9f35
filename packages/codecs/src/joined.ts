/** Bytes, one part after the other; a single one as it is. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return parts.length === 1 ? parts[0] : fill(new Uint8Array(lengthOf(parts)), parts);
}

/** Samples, one part after the other; a single one as it is. */
export function joinedSamples(parts: readonly Float32Array[]): Float32Array {
  return parts.length === 1 ? parts[0] : fill(new Float32Array(lengthOf(parts)), parts);
}

const lengthOf = (parts: readonly ArrayLike<number>[]) =>
  parts.reduce((sum, part) => sum + part.length, 0);

function fill<T extends Uint8Array | Float32Array>(whole: T, parts: readonly T[]): T {
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
