/// <reference path="./jsfive.d.ts" />
import type { MelStatistics } from '@hifigan/audio';
import { FormatError, readNpy, recognizeFile } from '@hifigan/checkpoint';
import { floatsOf } from './mel-statistics.js';

/**
 * The mean and the standard deviation of each band, as ParallelWaveGAN writes them: HDF5 with `mean` and `scale`, or
 * `.npy` `[2, bands]`.
 *
 * @param where what to call the file in errors
 * @throws FormatError where it is none
 */
export async function readMelStatistics(bytes: Uint8Array, where: string): Promise<MelStatistics> {
  if (recognizeFile(bytes)?.kind === 'hdf5') return readHdf5(bytes, where);
  const { shape, data } = readNpy(bytes, where);
  if (shape.length !== 2 || shape[0] !== 2) {
    throw notStatistics(where, `has shape [${shape.join(', ')}]`);
  }
  const values = floatsOf({ data });
  return { mean: values.subarray(0, shape[1]), scale: values.subarray(shape[1]) };
}

async function readHdf5(bytes: Uint8Array, where: string): Promise<MelStatistics> {
  const { File } = await import('jsfive');
  const read = (name: string): Float32Array => {
    try {
      const found = new File(new Uint8Array(bytes).buffer, where).get(name);
      return Float32Array.from((found as { readonly value: ArrayLike<number> }).value);
    } catch (error) {
      throw notStatistics(where, `has no ${name}`, error);
    }
  };
  return { mean: read('mean'), scale: read('scale') };
}

function notStatistics(where: string, found: string, cause?: unknown): FormatError {
  return new FormatError(
    `${where}: ${found} and must hold the mean and the scale of each band (HDF5 with both, or .npy [2, bands]), because mels are normalised with them; copy it again, or write it with numpy.save(path, numpy.stack([mean, scale]))`,
    { cause },
  );
}
