import { type Mel, melFromArray, melToArray } from '@hifigan/audio';
import { FormatError, readSafetensors, writeSafetensors } from '@hifigan/checkpoint';
import { BundleError } from './bundle-error.js';
import type { BundleManifest, WeightsPrecision } from './manifest.js';

/** An input and what must come of it: `golden.safetensors` of a bundle. */
export interface Golden {
  readonly mel: Mel;
  /** Samples at the model's rate, of the weights as they are stored. */
  readonly audio: Float32Array;
}

/**
 * The largest difference from a golden output that is none, as a share of the largest sample: between backends that
 * compute in float32 it is about 1e-6 to 1e-4, on GPUs that round products to 11 bits (TF32) about 1e-3. Engines may
 * keep weights that are stored as float16 in halves, and activations too. What is wrong is off by a tenth and more.
 */
export const GOLDEN_TOLERANCE: Readonly<Record<WeightsPrecision, number>> = {
  float32: 5e-3,
  float16: 1e-2,
};

/** `golden.safetensors`; the mel is stored as HiFi-GAN does, `[num_mels, frames]`. */
export function writeGolden({ mel, audio }: Golden): Uint8Array {
  return writeSafetensors(
    new Map([
      ['mel', melToArray(mel)],
      ['audio', { shape: [audio.length], data: audio }],
    ]),
  );
}

/**
 * Reads `golden.safetensors`.
 *
 * @throws FormatError, BundleError where it is damaged, or not what the manifest speaks of
 */
export function readGolden(
  bytes: Uint8Array,
  { golden, mel: profile }: BundleManifest,
  where = 'golden.safetensors',
): Golden {
  const { arrays } = readSafetensors(bytes, where);
  const mel = arrays.get('mel');
  const audio = arrays.get('audio');
  if (!(mel?.data instanceof Float32Array && audio?.data instanceof Float32Array)) {
    throw new FormatError(
      `${where}: must hold mel and audio as floating-point numbers, because one must come of the other; pack the bundle anew: hifigan pack`,
    );
  }
  const shapes = `mel [${mel.shape}], audio [${audio.shape}]`;
  const wanted = `mel [${[profile.mels, golden.frames]}], audio [${golden.samples}]`;
  if (shapes !== wanted) {
    throw new BundleError(where, [
      `${shapes} must be ${wanted}, as the manifest says, because it is that of another bundle otherwise; copy the whole bundle again`,
    ]);
  }
  for (const [name, { data }] of [['mel', mel] as const, ['audio', audio] as const]) {
    if (!data.every((value) => Number.isFinite(Number(value)))) {
      throw new FormatError(
        `${where}: ${name} holds values that are no numbers, and nothing can be compared with them; pack the bundle anew: hifigan pack`,
      );
    }
  }
  return { mel: melFromArray(mel, profile.mels, where), audio: audio.data };
}
