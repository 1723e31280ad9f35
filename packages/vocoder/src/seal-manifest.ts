import type { BundleManifest } from './manifest.js';
import { sha256 } from './sha256.js';

/** The manifest with the SHA-256 of all else that it says, in place of the one that it may have had. */
export async function sealManifest(manifest: BundleManifest): Promise<BundleManifest> {
  const { sha256: _, ...rest } = manifest;
  return { ...rest, sha256: await hashOf(rest) };
}

/**
 * Whether a manifest says what it said when it was packed: `changed` where it does not, `unsealed` where nothing tells,
 * as in those that were packed before manifests were sealed.
 */
export async function manifestSeal(
  manifest: BundleManifest,
): Promise<'whole' | 'changed' | 'unsealed'> {
  const { sha256: seal, ...rest } = manifest;
  if (seal === undefined) return 'unsealed';
  return (await hashOf(rest)) === seal ? 'whole' : 'changed';
}

/** What to tell of a manifest that was changed. */
export const CHANGED_MANIFEST =
  'says something else than when it was packed (its sha256 is not that of the rest), so neither the mel profile nor the hashes in it can be relied on; copy or download the bundle again, or, where it was changed on purpose, pack it anew: hifigan pack';

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
