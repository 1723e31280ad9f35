import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { TensorflowModule } from '../register.js';
import { BUILD_ANEW, findWholeAddon } from './addon-cache.js';
import { OWN_OPS, PROCESS } from './native-modules.js';
import { keepSignalsAway, loadQuietly } from './process.js';

/** How the native library is started. Threads cannot be changed once it is loaded. */
export interface LoadOptions {
  /**
   * `import.meta.url` of a module that depends on @tensorflow/tfjs-node-gpu: it is resolved from there.
   * Else from this package, which finds what is installed beside it.
   */
  readonly from?: string;
  /** Path of `tfjs_binding.node`; else the one that `hifigan-gpu setup` built. */
  readonly addon?: string;
  /** Threads that share one operation; else all cores. */
  readonly threads?: number;
  /** 0 all messages of the native library, 1 no information, 2 (usual) no warnings, 3 no errors. */
  readonly logLevel?: 0 | 1 | 2 | 3;
}

/** Thrown where the native addon is not there or does not load; the message says what to do. */
export class TensorflowUnavailableError extends Error {
  override readonly name = 'TensorflowUnavailableError';
}

const PACKAGE = '@tensorflow/tfjs-node-gpu';

/**
 * Loads @tensorflow/tfjs-node-gpu with the addon that `hifigan-gpu setup` built, and registers its
 * backend `tensorflow` with the tfjs of this process. The package's JavaScript comes from where the
 * caller's dependencies are, so its `@tensorflow/tfjs-core` is the one that the caller has; only the
 * addon comes from the cache.
 *
 * @throws TensorflowUnavailableError where there is no addon or it does not load
 */
export function loadTensorflow(options: LoadOptions = {}): TensorflowModule {
  const require = createRequire(options.from ?? import.meta.url);
  const addon = options.addon ?? addonFor(installedVersion(require));
  setEnvironment(options);
  restoreRemovedUtilities(require);

  try {
    keepSignalsAway(addon);
  } catch (error) {
    throw unloadable(join(dirname(addon), PROCESS), error);
  }
  // The package asks node-pre-gyp where its addon lies, which names a folder inside the package.
  const fromPackage = createRequire(require.resolve(PACKAGE));
  const locatorPath = fromPackage.resolve('@mapbox/node-pre-gyp');
  fromPackage(locatorPath);
  const locator = require.cache[locatorPath] as NodeJS.Module;
  const { exports } = locator;
  locator.exports = { ...exports, find: () => addon };
  try {
    const load = () => {
      const module = require(PACKAGE);
      loadOwnOps(addon);
      return module;
    };
    return Number(process.env.TF_CPP_MIN_LOG_LEVEL) >= 2 ? loadQuietly(addon, load) : load();
  } catch (error) {
    throw error instanceof TensorflowUnavailableError ? error : unloadable(addon, error);
  } finally {
    locator.exports = exports;
  }
}

/** Adds our ops to the library. Where they were not built it does without: see `registerTensorflowKernels`. */
function loadOwnOps(addon: string): void {
  const path = join(dirname(addon), OWN_OPS);
  if (!existsSync(path)) return;
  let problems: string;
  try {
    ({ problems } = createRequire(import.meta.url)(path) as { readonly problems: string });
  } catch (error) {
    throw unloadable(path, error);
  }
  if (problems) throw unloadable(path, problems);
}

function unloadable(path: string, cause: unknown): TensorflowUnavailableError {
  const why = cause instanceof Error ? cause.message : cause;
  return new TensorflowUnavailableError(
    `loadTensorflow: ${path} does not load: ${why}; ${BUILD_ANEW}`,
    { cause },
  );
}

function installedVersion(require: NodeJS.Require): string {
  try {
    return require(`${PACKAGE}/package.json`).version;
  } catch (error) {
    throw new TensorflowUnavailableError(
      `loadTensorflow: ${PACKAGE} is not installed; add it to the application's dependencies`,
      { cause: error },
    );
  }
}

function addonFor(tfjsVersion: string): string {
  const found = findWholeAddon();
  if ('reason' in found) {
    throw new TensorflowUnavailableError(`loadTensorflow: ${found.reason}; ${found.todo}`);
  }
  if (found.tfjs !== tfjsVersion) {
    throw new TensorflowUnavailableError(
      `loadTensorflow: the addon was built for ${PACKAGE} ${found.tfjs}, but ${tfjsVersion} is ` +
        'installed; build it anew: hifigan-gpu setup',
    );
  }
  return found.addon;
}

// The native library reads these once, while it loads.
function setEnvironment({ threads, logLevel = 2 }: LoadOptions): void {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= String(logLevel);
  // On by itself only where the processor has AVX-512 or the like; without, no dilated or grouped gradients on a CPU.
  process.env.TF_ENABLE_ONEDNN_OPTS ??= '1';
  if (threads === undefined) return;
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(`loadTensorflow: threads=${threads} must be a whole number from 1`);
  }
  process.env.TF_NUM_INTRAOP_THREADS = String(threads);
  process.env.TF_NUM_INTEROP_THREADS = String(threads);
}

/** tfjs-node 4.22 still calls what Node 23 removed from `node:util`. */
function restoreRemovedUtilities(require: NodeJS.Require): void {
  const util = require('node:util') as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}
