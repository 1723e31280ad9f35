import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { damageOf } from './native-file.js';
import { LIBRARIES, OWN_OPS, PROCESS } from './native-modules.js';

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

/** Why there is no addon to be loaded, and what to do. */
export interface NoAddon {
  readonly reason: string;
  readonly todo: string;
}

const BUILD = 'build it: hifigan-gpu setup';
// Setup keeps what it once finished, so it has to be told.
export const BUILD_ANEW = 'build it anew: hifigan-gpu setup --force';

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
 * The addon of a cache, or why there is none. Looks for its files, not into them.
 *
 * @throws never: an unreadable record is a reason like any other
 */
export function findAddon(cache: string = cacheFolder()): AddonRecord | NoAddon {
  const path = recordPath(cache);
  const no = (reason: string, todo = BUILD): NoAddon => ({ reason, todo });
  if (!existsSync(path)) return no(`no native addon in ${cache}`);
  let record: AddonRecord;
  try {
    record = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return no(`${path} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  if (record?.version !== RECORD_VERSION) {
    return no(`${path}: version=${record?.version} must be ${RECORD_VERSION}`);
  }
  for (const file of [record.addon, record.tensorflow?.folder]) {
    if (typeof file !== 'string') return no(`${path} is damaged`);
    if (existsSync(file)) continue;
    return no(
      `${path} names ${file}, which is gone`,
      file === record.addon && existsSync(dirname(file)) ? BUILD_ANEW : BUILD,
    );
  }
  return record;
}

/**
 * The addon of a cache whose files, TensorFlow's among them, are whole as far as their headers tell: one that is cut
 * off would end the process that loads it. Else why there is none.
 */
export function findWholeAddon(cache: string = cacheFolder()): AddonRecord | NoAddon {
  const record = findAddon(cache);
  if ('reason' in record) return record;
  const { addon, tensorflow } = record;
  // Of our own modules none need be there.
  const own = [OWN_OPS, PROCESS].map((name) => join(dirname(addon), name)).filter(existsSync);
  for (const file of [addon, ...own]) {
    const reason = damageOf(file);
    if (reason) return { reason, todo: BUILD_ANEW };
  }
  for (const name of LIBRARIES) {
    const reason = damageOf(join(tensorflow.folder, name));
    if (!reason) continue;
    const todo =
      tensorflow.kind === 'own'
        ? 'install that TensorFlow anew, or have another fetched: hifigan-gpu setup --cpu (or --cuda)'
        : `fetch it anew: hifigan-gpu setup --${tensorflow.kind} --force`;
    return { reason, todo };
  }
  return record;
}

/** Why the native backend cannot be used here and what to do, or nothing where it can. Loads nothing. */
export function missingTensorflow(): string | undefined {
  const found = findWholeAddon();
  return 'reason' in found ? `${found.reason}; ${found.todo}` : undefined;
}
