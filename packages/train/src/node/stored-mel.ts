import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Mel, melFrames, melFromArray } from '@hifigan/audio';
import { readNpy, readNpyHeader } from '@hifigan/checkpoint';

/** Enough for the header of any array. */
const HEAD_BYTES = 1024;

/** Where the mel of a clip lies, as the reference names it. */
export function melPathOf(folder: string, id: string): string {
  return join(folder, `${id}.npy`);
}

/**
 * A mel as the reference stores it: `[num_mels, frames]` or `[1, num_mels, frames]`, float32 or float64.
 *
 * @throws FormatError, MelError where it is none, has another number of bands, or a value that is not finite
 */
export async function readStoredMel(path: string, numMels: number): Promise<Mel> {
  return melFromArray(readNpy(await readFile(path), path), numMels, path);
}

/**
 * How many frames a stored mel has, by its header alone.
 *
 * @throws as {@link readStoredMel}, but does not look at the values
 */
export async function storedMelFrames(path: string, numMels: number): Promise<number> {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(new Uint8Array(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const { shape } = readNpyHeader(buffer.subarray(0, bytesRead), path);
    return melFrames(shape, numMels, path);
  } finally {
    await file.close();
  }
}
