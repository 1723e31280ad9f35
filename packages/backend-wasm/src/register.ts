import { findBackend, registerBackend } from '@tensorflow/tfjs-core';
import { BACKEND_NAME, WasmBackend } from './backend.js';
import { compileBuild } from './compile-build.js';
import { KERNELS } from './kernels/index.js';
import { type BuildName, chooseBuild, isThreaded, missingFor, probeAbilities } from './probe.js';
import { registerKernels } from './register-kernels.js';
import { Runtime, type RuntimeOptions } from './runtime.js';
import { type ChooseWay, tapByTap } from './scheme-table.js';

export interface WasmBackendOptions {
  /** Threads that share an operation; default: the processors of the machine, 16 at most. */
  readonly threads?: number;
  /** The compiled program to take; default: the best that the host can run. */
  readonly build?: BuildName;
  /** Whether convolutions must be plain sums of products, which are slower and more exact. */
  readonly exact?: boolean;
  /** For measurements: how each convolution is computed, one of its `possibleWays`; default: the fastest known. */
  readonly chooseWay?: ChooseWay;
  /** Told when threads fail and the backend goes on without them; default: `console.warn`. */
  readonly onWarning?: (message: string) => void;
}

/** What was registered. */
export interface WasmBackendDescription {
  /** For `tf.setBackend`. */
  readonly name: string;
  /** 1 where the host has no shared memory or no worker started. */
  readonly threads: number;
  readonly build: BuildName;
}

const MOST_THREADS = 16;
/** Above tfjs's plain backend, so that this one is taken where nobody says which. */
const PRIORITY = 3;

const described = new WeakMap<object, WasmBackendDescription>();
let starting: Promise<WasmBackendDescription> | undefined;

/**
 * Starts the threads and registers the backend with tfjs, to be made the active one by
 * `tf.setBackend('hifigan-wasm')`. Where it is registered already, that one stays as it is.
 * `tf.removeBackend('hifigan-wasm')` ends it.
 *
 * @throws where the host lacks WebAssembly SIMD, or what a build that was asked for needs
 */
export async function registerWasmBackend(
  options: WasmBackendOptions = {},
): Promise<WasmBackendDescription> {
  const known = described.get(findBackend(BACKEND_NAME) ?? {});
  if (known) return known;
  starting ??= start(options).finally(() => {
    starting = undefined;
  });
  return starting;
}

async function start({
  threads: wanted,
  build: wantedBuild,
  exact = false,
  chooseWay = exact ? tapByTap : undefined,
  onWarning = (message) => console.warn(message),
}: WasmBackendOptions): Promise<WasmBackendDescription> {
  if (wanted !== undefined && !(Number.isInteger(wanted) && wanted >= 1)) {
    throw new Error(`registerWasmBackend: threads=${wanted} must be a whole number from 1 on`);
  }
  const abilities = await probeAbilities();
  const threads = wanted ?? Math.min(abilities.processors, MOST_THREADS);
  const best = wantedBuild ?? chooseBuild(abilities, threads);
  const missing = missingFor(best, abilities);
  if (missing) {
    throw new Error(`registerWasmBackend: build=${best} must be able to run, but ${missing}`);
  }
  // It registers a backend of its own when it is loaded, so that it must not be an import of this module.
  await import('@tensorflow/tfjs-backend-cpu');
  const common = { threads, mayWait: abilities.mayWait, onWarning };
  const { runtime, build } = await startBuild(best, common).catch((error: unknown) => {
    // Shared memory reserves its addresses at once, which not every host grants.
    if (wantedBuild || !isThreaded(best)) throw error;
    onWarning(`hifigan-wasm: no shared memory: ${String(error)}; it goes on with one thread`);
    return startBuild(chooseBuild(abilities, 1), common);
  });
  const backend = new WasmBackend(runtime, chooseWay);
  registerKernels(KERNELS);
  registerBackend(BACKEND_NAME, () => backend, PRIORITY);
  const description = { name: BACKEND_NAME, threads: runtime.threads, build };
  described.set(backend, description);
  return description;
}

async function startBuild(
  build: BuildName,
  options: Pick<RuntimeOptions, 'threads' | 'mayWait' | 'onWarning'>,
): Promise<{ runtime: Runtime; build: BuildName }> {
  const module = await compileBuild(build);
  const runtime = await Runtime.start({ ...options, module, threaded: isThreaded(build) });
  return { runtime, build };
}
