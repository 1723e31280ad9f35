import { join } from 'node:path';
import {
  type Bundle,
  type BundlePart,
  type BundlePlaces,
  bundleFileNames,
  readBundle,
  readParts,
  type Verification,
} from '@hifigan/vocoder';
import type { Context } from '../context.js';
import { foreignBundle } from '../convert/foreign-bundle.js';
import { readConfigText } from '../files/load-config.js';
import { readInput } from '../files/read-input.js';
import { exists } from '../files/write-atomic.js';
import type { CheckpointFiles } from './locate-checkpoint.js';

/** How {@link loadBundle} reads. */
export interface LoadBundleOptions {
  /** Default `hashes`. */
  readonly verify?: Verification;
  /** Files that may be others than those that were packed. */
  readonly unverified?: readonly BundlePart[];
}

/**
 * Reads what {@link CheckpointFiles} names; what is odd is told.
 *
 * @throws ConfigError, FormatError, BundleError or UserError naming the file
 */
export async function loadBundle(
  context: Context,
  files: CheckpointFiles,
  options: LoadBundleOptions = {},
): Promise<Bundle> {
  const bundle = files.foreign
    ? await foreignBundle(files.foreign)
    : files.folder === undefined
      ? await looseBundle(context, files)
      : await folderBundle(context, { ...files, folder: files.folder }, options);
  for (const notice of bundle.notices) context.console.warn(notice);
  return bundle;
}

/** Weights and a configuration, wherever they lie: nothing states what they must be. */
async function looseBundle(context: Context, files: CheckpointFiles): Promise<Bundle> {
  const text = async (path: string) => new TextDecoder().decode(await readInput(context, path));
  return readBundle(
    {
      config: await readConfigText(context, files.config),
      generator: await readInput(context, files.weights),
      card: files.card && (await text(files.card)),
      manifest: files.manifest && (await text(files.manifest)),
    },
    {
      ...{ config: files.config, generator: files.weights, card: files.card },
      ...(files.manifest !== undefined && { manifest: files.manifest }),
    },
    { configCounts: true },
  );
}

/** A folder that is a bundle with all that belongs to it. */
async function folderBundle(
  context: Context,
  { folder, shown }: CheckpointFiles & { readonly folder: string },
  { verify = 'hashes', unverified = [] }: LoadBundleOptions,
): Promise<Bundle> {
  const places = Object.fromEntries(
    Object.entries(bundleFileNames).map(([part, name]) => [part, join(folder, name)]),
  ) as Required<BundlePlaces>;
  const read = async (part: BundlePart) =>
    (await exists(places[part])) ? readInput(context, places[part]) : undefined;
  const parts = ['manifest', 'config', 'generator', 'card'] as const;
  const found = await Promise.all(parts.map(async (part) => [part, await read(part)] as const));
  return readParts(Object.fromEntries(found.filter(([, bytes]) => bytes)), {
    where: shown,
    places,
    verify,
    unverified,
    readGoldenFile: () => read('golden'),
  });
}
