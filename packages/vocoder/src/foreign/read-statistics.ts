/// <reference path="./jsfive.d.ts" />
import type { MelStatistics } from '@hifigan/audio';
import { readNpy, recognizeFile } from '@hifigan/checkpoint';
import { ForeignError } from './foreign-error.js';

/**
 * ParallelWaveGAN's file of statistics: HDF5 with `mean` and `scale`, or `.npy` of two rows.
 *
 * @throws ForeignError or FormatError where it is none
 */
export async function readStatistics(bytes: Uint8Array, where: string): Promise<MelStatistics> {
  if (recognizeFile(bytes)?.kind !== 'hdf5') {
    const { shape, data } = readNpy(bytes, where);
    const bands = data.length / 2;
    if (shape[0] !== 2) throw notStatistics(where);
    const values = Float32Array.from<number | bigint>(data, Number);
    return { mean: values.slice(0, bands), scale: values.slice(bands) };
  }
  const { File } = await import('jsfive');
  const read = (name: string): Float32Array => {
    try {
      const found = new File(new Uint8Array(bytes).buffer, where).get(name);
      return Float32Array.from((found as { readonly value: ArrayLike<number> }).value);
    } catch (error) {
      throw notStatistics(where, error);
    }
  };
  return { mean: read('mean'), scale: read('scale') };
}

function notStatistics(where: string, cause?: unknown): ForeignError {
  return new ForeignError(
    `${where}: must hold mean and scale (HDF5 with both, or .npy of two rows), because mels are normalised with them; copy it again`,
    { cause },
  );
}
