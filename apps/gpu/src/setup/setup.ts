import { fileURLToPath } from 'node:url';
import type { KernelRegistration } from '@hifigan/backend-tensorflow';
import { type AddonRecord, RECORD_VERSION, recordPath } from '@hifigan/backend-tensorflow/node';
import { FolderError, makeFolder, writeFileAtomically } from '@hifigan/train/node';
import { buildAddon } from './addon.js';
import { lock } from './lock.js';
import { nodeHeaders } from './node-headers.js';
import { runCommand } from './run-command.js';
import { SetupError } from './setup-error.js';
import { removePartial } from './stage.js';
import {
  fetchLibrary,
  libraryAt,
  libraryOfPython,
  seesNvidiaGpu,
  type TensorflowLibrary,
} from './tensorflow-library.js';

/** What a setup is told. */
export interface SetupOptions {
  readonly cache: string;
  /** A library that is there already, as `--tensorflow` names it. */
  readonly tensorflow?: string;
  /**
   * Which library to fetch. Where neither this nor `tensorflow` is given, one of the active Python is taken, if any.
   */
  readonly kind?: 'cpu' | 'cuda';
  /** Does everything again. */
  readonly force: boolean;
  readonly signal: AbortSignal;
  readonly log: (message: string) => void;
  /** Loads the addon and tries the kernels; else in a process of its own. */
  readonly tryAddon?: (addon: string, signal: AbortSignal) => Promise<KernelRegistration>;
}

/** What a setup has done. */
export interface SetupReport extends AddonRecord {
  readonly cache: string;
  readonly registration: KernelRegistration;
}

/**
 * Makes the native addon of @tensorflow/tfjs-node-gpu, and the TensorFlow that it needs, in the cache.
 * Finished stages are kept: a setup that was ended goes on where it was.
 *
 * @throws SetupError where something is missing that the user has to provide
 */
export async function setup(options: SetupOptions): Promise<SetupReport> {
  const { cache, force: again, signal, log, tryAddon = check } = options;
  if (process.platform !== 'linux') {
    throw new SetupError(
      `setup: platform=${process.platform} must be linux, because the wheels of TensorFlow that the ` +
        'addon is linked with are laid out otherwise elsewhere; use the backend wasm',
    );
  }
  makeCache(cache);
  const held = await lock(cache);
  try {
    removePartial(cache);
    const library = await findLibrary(options);
    const headers = await nodeHeaders({ cache, signal, log });
    const addon = await buildAddon({ cache, library, headers, again, signal, log });
    log('trying the addon');
    const registration = await tryAddon(addon.path, signal);
    const record: AddonRecord = {
      version: RECORD_VERSION,
      addon: addon.path,
      tfjs: addon.tfjs,
      tensorflow: library,
    };
    await writeFileAtomically(recordPath(cache), `${JSON.stringify(record, null, 2)}\n`);
    return { cache, ...record, registration };
  } finally {
    removePartial(cache);
    await held.release();
  }
}

function makeCache(cache: string): void {
  try {
    makeFolder(cache);
  } catch (error) {
    if (!(error instanceof FolderError)) throw error;
    throw new SetupError(`${error.message}: HIFIGAN_CACHE`, { cause: error });
  }
}

async function findLibrary(options: SetupOptions): Promise<TensorflowLibrary> {
  const { cache, tensorflow, force: again, signal, log } = options;
  if (tensorflow !== undefined) return libraryAt(tensorflow);
  if (options.kind === undefined) {
    const found = await libraryOfPython(signal);
    if (found) {
      log(`found TensorFlow ${found.version} of the active Python in ${found.folder}`);
      return found;
    }
  }
  const kind = options.kind ?? (seesNvidiaGpu() ? 'cuda' : 'cpu');
  return fetchLibrary({ cache, kind, again, signal, log });
}

/** Loads the addon in another process and tries the kernels there. */
async function check(addon: string, signal: AbortSignal): Promise<KernelRegistration> {
  const script = fileURLToPath(new URL('./check.js', import.meta.url));
  const output = await runCommand(process.execPath, [script, addon], { signal });
  return JSON.parse(output);
}
