import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MelProfile, readMelProfile } from '@hifigan/audio';
import { readOnnxMetadata } from '@hifigan/export';
import { exists } from '../files/write-atomic.js';

/** Under this key an ONNX file that was exported holds its mel's profile, as JSON. */
export const PROFILE_KEY = 'mel_profile';
/** Beside a SavedModel. */
export const PROFILE_FILE = 'mel-profile.json';

/**
 * The mel that an exported file takes.
 *
 * @param path of the ONNX file, or of the folder
 * @returns undefined where nothing tells: then it is HiFi-GAN's
 * @throws RangeError where it is no profile
 */
export async function exportedProfile(
  kind: 'onnx' | 'savedmodel',
  path: string,
): Promise<MelProfile | undefined> {
  if (kind === 'onnx') {
    const text = readOnnxMetadata(await readFile(path)).get(PROFILE_KEY);
    return text === undefined ? undefined : readMelProfile(JSON.parse(text), path);
  }
  const file = join(path, PROFILE_FILE);
  if (!(await exists(file))) return undefined;
  return readMelProfile(JSON.parse(await readFile(file, 'utf8')), file);
}
