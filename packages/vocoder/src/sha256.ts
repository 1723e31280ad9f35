/**
 * SHA-256 of some bytes, as lower-case hexadecimal. WebCrypto computes it where there is one; pages that were not
 * loaded over HTTPS have none, and get JavaScript, some times slower, loaded only then.
 */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const subtle = globalThis.crypto?.subtle;
  return toHex(subtle ? await byWebCrypto(subtle, bytes) : await byJavaScript(bytes));
}

async function byWebCrypto(subtle: SubtleCrypto, bytes: Uint8Array): Promise<Uint8Array> {
  // Views on shared memory are refused, and types do not tell them apart without a copy.
  const own =
    bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : bytes.slice();
  return new Uint8Array(await subtle.digest('SHA-256', own));
}

async function byJavaScript(bytes: Uint8Array): Promise<Uint8Array> {
  const { sha256: hash } = await import('@noble/hashes/sha2');
  return hash(bytes);
}

const toHex = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
