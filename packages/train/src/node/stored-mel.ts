import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Mel, melFromArray } from '@hifigan/audio';
import { readNpy } from '@hifigan/checkpoint';

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
