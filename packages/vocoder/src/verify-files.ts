import { recognizeFile } from '@hifigan/checkpoint';
import { BundleError } from './bundle-error.js';
import { type BundlePart, type BundlePlaces, bundleFileNames } from './bundle-files.js';
import type { ReadBundleFile } from './bundle-source.js';
import type { BundleManifest } from './manifest.js';
import { sha256 } from './sha256.js';

/** Bytes of a bundle's files by their parts. */
export type PartBytes = Readonly<Partial<Record<BundlePart, Uint8Array>>>;

/**
 * Holds files against the lengths and SHA-256 that the manifest has of them. What the manifest does not list is not
 * looked at.
 *
 * @param where what to call the bundle
 * @throws BundleError that lists every file that differs
 */
export async function verifyFiles(
  manifest: BundleManifest,
  parts: PartBytes,
  {
    where = 'bundle',
    places = {},
  }: { readonly where?: string; readonly places?: BundlePlaces } = {},
): Promise<void> {
  const names = { ...bundleFileNames, ...places };
  const problems: string[] = [];
  let listed = 0;
  for (const [part, bytes] of Object.entries(parts) as [BundlePart, Uint8Array][]) {
    const seal = manifest.files[bundleFileNames[part]];
    if (!seal) {
      if (part !== 'manifest') {
        problems.push(
          `${names[part]}: is not listed in ${names.manifest}, so it is no part of this bundle; remove it, or pack the bundle anew`,
        );
      }
      continue;
    }
    listed++;
    const difference = await differenceOf(bytes, seal);
    if (difference) problems.push(`${names[part]}: ${difference}`);
  }
  if (problems.length === 0) return;
  const all = problems.length === listed && listed > 1;
  const cause = all
    ? `none of its files is the one that was packed: ${names.manifest} may be that of another bundle`
    : 'its files are damaged or changed';
  throw new BundleError(where, problems, {
    headline: `${cause}; copy or download it again, or, where they were changed on purpose, pack it anew: hifigan pack`,
  });
}

/**
 * Holds every file that the manifest lists against its length and SHA-256, whatever it is called.
 *
 * @param read bytes of a file by its name, undefined where there is none
 * @returns the names of the files, all of which are those that were packed
 * @throws BundleError that lists every file that differs or is missing
 */
export async function verifyListed(
  { files }: BundleManifest,
  read: ReadBundleFile,
  where = 'bundle',
): Promise<readonly string[]> {
  const problems: string[] = [];
  // One after the other: a large bundle is never in memory at once.
  for (const [name, seal] of Object.entries(files)) {
    const bytes = await read(name);
    const difference = bytes ? await differenceOf(bytes, seal) : 'is missing';
    if (difference) problems.push(`${name}: ${difference}`);
  }
  if (problems.length === 0) return Object.keys(files);
  throw new BundleError(where, problems, {
    headline:
      'its files are damaged, changed or missing; copy or download it again, or, where they were changed on purpose, pack it anew: hifigan pack',
  });
}

async function differenceOf(
  bytes: Uint8Array,
  seal: { readonly bytes: number; readonly sha256: string },
): Promise<string | undefined> {
  const found = recognizeFile(bytes);
  const foreign = found && FOREIGN.includes(found.kind) ? `it is ${found.description}; ` : '';
  if (bytes.length !== seal.bytes) {
    const cut = bytes.length < seal.bytes ? 'is cut off' : 'is longer than it was';
    return `${foreign}${cut}: has ${bytes.length} bytes and must have ${seal.bytes}`;
  }
  const hash = await sha256(bytes);
  if (hash === seal.sha256) return undefined;
  return `${foreign}SHA-256 ${hash.slice(0, 12)}… must be ${seal.sha256.slice(0, 12)}…, that of the file that was packed`;
}

/** What stands in the place of files that were not there, or were not fetched. */
const FOREIGN: readonly string[] = ['web page', 'git lfs', 'pytorch', 'zip', 'npy', 'empty'];
