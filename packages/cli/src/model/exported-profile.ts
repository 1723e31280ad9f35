import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MelProfile, readMelProfile } from '@hifigan/audio';
import { readOnnxProfile } from '@hifigan/export';
import { UserError } from '../errors.js';
import { exists } from '../files/write-atomic.js';

/** Beside a SavedModel. */
export const PROFILE_FILE = 'mel-profile.json';

/**
 * The mel that an ONNX file takes, of what it says of itself.
 *
 * @returns undefined where nothing tells: then it is HiFi-GAN's
 * @throws RangeError where it is no profile
 */
export function onnxProfile(
  metadata: ReadonlyMap<string, string>,
  shown: string,
): MelProfile | undefined {
  const profile = readOnnxProfile(metadata, shown);
  return profile === undefined ? undefined : readMelProfile(profile, `${shown}: mel_profile`);
}

/**
 * The mel that a SavedModel takes, of the file in its folder.
 *
 * @returns undefined where there is none: then it is HiFi-GAN's
 * @throws UserError or RangeError where it is no profile
 */
export async function savedModelProfile(
  path: string,
  shown: string,
): Promise<MelProfile | undefined> {
  const [file, place] = [join(path, PROFILE_FILE), join(shown, PROFILE_FILE)];
  if (!(await exists(file))) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new UserError(
      `${place}: must be JSON, because it says what the numbers of the mels mean; export the model anew`,
      { cause },
    );
  }
  return readMelProfile(value, place);
}
