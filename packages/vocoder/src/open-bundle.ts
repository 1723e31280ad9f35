import { type Bundle, readBundle } from './bundle.js';
import { BundleError } from './bundle-error.js';
import {
  type BundlePart,
  type BundlePlaces,
  bundleFileNames,
  OPENED_PARTS,
  olderNotice,
} from './bundle-files.js';
import { type BundleReaderOptions, type BundleSource, bundleReader } from './bundle-source.js';
import { type Golden, readGolden } from './golden.js';
import { type BundleManifest, readManifest } from './manifest.js';
import { manifestSeal, SEAL_PROBLEMS, unsealedNotice } from './seal-manifest.js';
import { type PartBytes, verifyFiles } from './verify-files.js';

/**
 * What is checked when a bundle is loaded, beyond that its files can be read and fit each other: nothing; that they are
 * those that were packed, to the bit (some milliseconds a megabyte); or also that the golden output comes of them here
 * (half a second of speech is synthesized).
 */
export type Verification = 'none' | 'hashes' | 'golden';

const VERIFICATIONS: readonly Verification[] = ['none', 'hashes', 'golden'];

/** @throws RangeError where it is none */
export function checkVerification(what: string, verify: Verification): void {
  if (VERIFICATIONS.includes(verify)) return;
  throw new RangeError(
    `${what}: verify=${String(verify)} must be one of ${VERIFICATIONS.map((one) => `'${one}'`).join(', ')}, because it says what is checked; leave it out for 'hashes'`,
  );
}

export interface OpenBundleOptions extends BundleReaderOptions {
  /** Default `hashes`; `golden` reads the golden files at once, {@link Vocoder.load} compares. */
  readonly verify?: Verification;
  /** What to call the bundle in errors; its address where left out. */
  readonly where?: string;
}

/**
 * Reads a bundle from wherever it lies, all files at once; the golden output only when it is asked for.
 *
 * @throws ConfigError, FormatError or BundleError naming each file that is missing, damaged or no part of the bundle
 */
export async function openBundle(
  source: BundleSource,
  { verify = 'hashes', where: given, ...options }: OpenBundleOptions = {},
): Promise<Bundle> {
  checkVerification('openBundle', verify);
  const { read, where: address } = bundleReader(source, options);
  const where = given ?? address;
  const places = placesIn(where);
  const found = await Promise.all(
    OPENED_PARTS.map(async (part) => [part, await read(bundleFileNames[part])] as const),
  );
  const parts: PartBytes = Object.fromEntries(found.filter(([, bytes]) => bytes !== undefined));
  const bundle = await readParts(parts, {
    where: where ?? 'bundle',
    places,
    verify,
    readGoldenFile: () => read(bundleFileNames.golden),
  });
  if (verify === 'golden') await bundle.golden?.();
  return bundle;
}

/** How {@link readParts} reads. */
export interface ReadPartsOptions {
  /** What to call the bundle. */
  readonly where: string;
  readonly places: BundlePlaces;
  readonly verify: Verification;
  /** Parts that may be others than those that were packed, as where a bundle is packed anew. */
  readonly unverified?: readonly BundlePart[];
  /** Bytes of the golden file. */
  readonly readGoldenFile: () => Promise<Uint8Array | undefined>;
}

/**
 * A bundle from the bytes of its files.
 *
 * @throws as {@link openBundle}
 */
export async function readParts(parts: PartBytes, options: ReadPartsOptions): Promise<Bundle> {
  const { where, places, verify, unverified = [] } = options;
  const text = (part: BundlePart) => parts[part] && decode(parts[part]);
  const manifestText = text('manifest');
  const manifest =
    manifestText === undefined ? undefined : readManifest(manifestText, places.manifest);
  refuseMissing(parts, manifest, where);
  const checked = verify !== 'none' && manifest !== undefined;
  if (checked) {
    const held = Object.entries(parts).filter(([part]) => !unverified.includes(part as BundlePart));
    await verifyFiles(manifest, Object.fromEntries(held), { where, places });
  }
  const bundle = readBundle(
    {
      manifest: manifestText,
      config: text('config') as string,
      generator: parts.generator as Uint8Array,
      card: text('card'),
    },
    places,
    { configCounts: unverified.includes('config') },
  );
  // Last of all, because it only tells that something in the manifest was changed, or may have been: where the files or
  // the configuration do not agree with it, the checks before this name which of its values that is.
  const seal =
    checked && !unverified.includes('manifest') ? await manifestSeal(manifest) : undefined;
  const problem = seal && SEAL_PROBLEMS[seal];
  if (problem) throw new BundleError(places.manifest ?? bundleFileNames.manifest, [problem]);
  if (!manifest) return { ...bundle, notices: [olderNotice(where), ...bundle.notices] };
  return {
    ...bundle,
    ...(seal === 'unsealed' && { notices: [unsealedNotice(where), ...bundle.notices] }),
    filesChecked: checked,
    golden: once(() => openGolden(manifest, options)),
  };
}

/** What to call the files of a bundle. */
function placesIn(where: string | undefined): BundlePlaces {
  if (where === undefined) return bundleFileNames;
  const folder = where.replace(/\/?$/, '/');
  const places = Object.entries(bundleFileNames).map(([part, name]) => [part, folder + name]);
  return Object.fromEntries(places) as BundlePlaces;
}

function refuseMissing(
  parts: PartBytes,
  manifest: BundleManifest | undefined,
  where: string,
): void {
  const needed = OPENED_PARTS.filter(
    (part) => part === 'config' || part === 'generator' || manifest?.files[bundleFileNames[part]],
  );
  const missing = needed.filter((part) => !parts[part]).map((part) => bundleFileNames[part]);
  if (missing.length === 0) return;
  throw new BundleError(where, [
    `${missing.join(', ')} must be there, because a bundle is ${bundleFileNames.config}, ${bundleFileNames.generator} and what its ${bundleFileNames.manifest} lists; copy the whole folder, or check the address`,
  ]);
}

async function openGolden(
  manifest: BundleManifest,
  { where, places, verify, readGoldenFile }: ReadPartsOptions,
): Promise<Golden> {
  const bytes = await readGoldenFile();
  if (!bytes) {
    throw new BundleError(where, [
      `${bundleFileNames.golden} must be there to check the sound, because it holds what must come out; copy the whole folder, or pack the bundle anew: hifigan pack`,
    ]);
  }
  if (verify !== 'none') await verifyFiles(manifest, { golden: bytes }, { where, places });
  return readGolden(bytes, manifest, places.golden);
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
