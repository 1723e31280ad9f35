import type { Mel } from '@hifigan/audio';
import { type Bundle, loudestFrames, packBundle, type VoiceCard } from '@hifigan/vocoder';
import { zipSync } from 'fflate';
import type { SavedFile } from '../protocol.js';
import { stemOf } from './stem-of.js';

/** The files of a bundle, by name, and the folder that they belong into. */
export interface PackedVoice {
  readonly folder: string;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * Packs a model, as small as it was or with weights of float16.
 *
 * @param speech gives a mel that a bundle proves itself by, where this one has none of its own
 * @throws what `packBundle` throws
 */
export async function packVoice(
  bundle: Bundle,
  card: VoiceCard,
  speech: () => Mel,
): Promise<PackedVoice> {
  const mel = bundle.golden ? (await bundle.golden()).mel : loudestFrames(speech());
  const precision = bundle.manifest?.weights.precision ?? 'float16';
  const { files } = await packBundle({ ...bundle, card }, { mel, precision });
  return { folder: stemOf(card.name), files };
}

/** A bundle as one file. */
export function zipVoice({ folder, files }: PackedVoice): SavedFile {
  const entries = [...files].map(([name, bytes]) => [`${folder}/${name}`, bytes] as const);
  return {
    name: `${folder}.zip`,
    type: 'application/zip',
    // Weights are noise to a packer.
    bytes: zipSync(Object.fromEntries(entries), { level: 0 }).slice(),
  };
}
