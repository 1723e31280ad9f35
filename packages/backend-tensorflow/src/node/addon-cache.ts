import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Format of {@link AddonRecord}; a record of another one is not read. */
export const RECORD_VERSION = 1;

/** What the cache says of the native addon that was built last. */
export interface AddonRecord {
  readonly version: typeof RECORD_VERSION;
  /** Path of `tfjs_binding.node`. */
  readonly addon: string;
  /** Version of @tensorflow/tfjs-node-gpu whose sources it was built from. */
  readonly tfjs: string;
  /** The library it is linked with. */
  readonly tensorflow: {
    readonly version: string;
    /** The folder that holds its `.so` files. */
    readonly folder: string;
    readonly kind: 'cpu' | 'cuda' | 'own';
  };
}

/** The cache's folder: `HIFIGAN_CACHE`, else `XDG_CACHE_HOME/hifigan`, else `~/.cache/hifigan`. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { HIFIGAN_CACHE: own, XDG_CACHE_HOME: shared } = environment;
  if (own) return resolve(own);
  return join(shared ? resolve(shared) : join(homedir(), '.cache'), 'hifigan');
}

/** Where the record lies in a cache. */
export function recordPath(cache: string): string {
  return join(cache, 'tensorflow-addon.json');
}

/**
 * The addon of a cache, or why there is none.
 *
 * @throws never: an unreadable record is a reason like any other
 */
export function findAddon(
  cache: string = cacheFolder(),
): AddonRecord | { readonly reason: string } {
  const path = recordPath(cache);
  if (!existsSync(path)) return { reason: `no native addon in ${cache}` };
  let record: AddonRecord;
  try {
    record = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return { reason: `${path} cannot be read: ${error instanceof Error ? error.message : error}` };
  }
  if (record?.version !== RECORD_VERSION) {
    return { reason: `${path}: version=${record?.version} must be ${RECORD_VERSION}` };
  }
  for (const file of [record.addon, record.tensorflow?.folder]) {
    if (typeof file !== 'string') return { reason: `${path} is damaged` };
    if (!existsSync(file)) return { reason: `${path} names ${file}, which is gone` };
  }
  return record;
}

/** Why the native backend cannot be used here, or nothing where it can. Loads nothing. */
export function missingTensorflow(): string | undefined {
  const found = findAddon();
  return 'reason' in found ? `${found.reason}; build it: hifigan-gpu setup` : undefined;
}
