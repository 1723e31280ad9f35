import { bundleFileNames } from './bundle-files.js';
import { type BundleManifest, SEALED_FORMAT } from './manifest.js';
import { sha256 } from './sha256.js';

/** The manifest with the SHA-256 of all else that it says, in place of the one that it may have had. */
export async function sealManifest(manifest: BundleManifest): Promise<BundleManifest> {
  const { sha256: _, ...rest } = manifest;
  return { ...rest, sha256: await hashOf(rest) };
}

/** What a seal says of a manifest. */
export type ManifestSeal = 'whole' | 'changed' | 'removed' | 'unsealed';

/**
 * Whether a manifest says what it said when it was packed: `changed` where it does not, `removed` where its format has a
 * seal and it has none, `unsealed` where nothing tells, as in those that were packed before manifests were sealed.
 */
export async function manifestSeal(manifest: BundleManifest): Promise<ManifestSeal> {
  const { sha256: seal, ...rest } = manifest;
  if (seal === undefined) return manifest.format < SEALED_FORMAT ? 'unsealed' : 'removed';
  return (await hashOf(rest)) === seal ? 'whole' : 'changed';
}

const CURE =
  'so neither the mel profile nor the hashes in it can be relied on; copy or download the bundle again, or, where it was changed on purpose, pack it anew: hifigan pack';

/** Why a manifest is refused. */
export const SEAL_PROBLEMS: Readonly<Partial<Record<ManifestSeal, string>>> = {
  changed: `says something else than when it was packed (its sha256 is not that of the rest), ${CURE}`,
  removed: `has no seal and must (sha256, of all else in it), because format ${SEALED_FORMAT} is packed with one: it was taken out, ${CURE}`,
};

/** What to tell of a manifest that was packed before they were sealed. */
export function unsealedNotice(where: string): string {
  return `${where}: its ${bundleFileNames.manifest} is not sealed, as some before format ${SEALED_FORMAT}: nothing tells whether the mel profile and the hashes in it are those that were packed; renew it with: hifigan pack BUNDLE -o BUNDLE --force`;
}

/** Of its JSON with the keys in alphabetical order and without spaces, so that layout and order count for nothing. */
function hashOf(manifest: object): Promise<string> {
  return sha256(new TextEncoder().encode(JSON.stringify(ordered(manifest))));
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, ordered(item)]));
}
