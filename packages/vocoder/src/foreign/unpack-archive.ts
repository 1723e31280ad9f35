import { ForeignError } from './foreign-error.js';
import type { ForeignFiles } from './foreign-files.js';

/** Of an archive, what is read of it at most: more is no model. */
const MOST_BYTES = 2 ** 32;

/**
 * The files of a `.nemo`: a tar archive, with or without gzip.
 *
 * @throws ForeignError where it is none
 */
export async function unpackArchive(bytes: Uint8Array, where: string): Promise<ForeignFiles> {
  const files = new Map<string, Uint8Array>();
  try {
    const { parseTar } = await import('nanotar');
    for (const { name, data, type } of parseTar(await inflated(bytes))) {
      // In folders or not: `./model_config.yaml`.
      if (type === 'file' && data) files.set(name.replace(/^.*\//, ''), data);
    }
  } catch (error) {
    throw new ForeignError(
      `${where}: must be a tar archive, because .nemo files are, but cannot be unpacked; copy or download it again`,
      { cause: error },
    );
  }
  return {
    names: [...files.keys()],
    read: async (name) => files.get(name) ?? new Uint8Array(),
  };
}

async function inflated(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([new Uint8Array(bytes)])
    .stream()
    .pipeThrough(new DecompressionStream('gzip'));
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.byteLength;
    if (size > MOST_BYTES) throw new RangeError('too large');
    parts.push(next.value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
