import { isNode, nodeModule } from './host.js';

/** A compiled program: with or without relaxed SIMD, for one thread or for several over shared memory. */
export type BuildName = 'simd' | 'relaxed' | 'simd-threads' | 'relaxed-threads';

/** What WebAssembly can do here. */
export interface Abilities {
  readonly simd: boolean;
  readonly relaxedSimd: boolean;
  /** Memory that several threads see. */
  readonly sharedMemory: boolean;
  /** Whether this thread may sleep in `Atomics.wait`; a page's main thread may not. */
  readonly mayWait: boolean;
  /** Threads that the machine runs at once. */
  readonly processors: number;
}

/** Asks the host. In Node 20 it switches relaxed SIMD on, which is there but not by default. */
export async function probeAbilities(): Promise<Abilities> {
  return {
    simd: validates(SIMD_PROGRAM),
    relaxedSimd: await probeRelaxedSimd(),
    sharedMemory: hasSharedMemory(),
    mayWait: mayWait(),
    processors: await countProcessors(),
  };
}

/**
 * The best build for a host.
 *
 * @param threads how many are wanted
 * @throws where the host has no SIMD
 */
export function chooseBuild(abilities: Abilities, threads: number): BuildName {
  if (!abilities.simd) {
    throw new Error(
      'registerWasmBackend: this host must run WebAssembly SIMD, because all kernels use it; take a ' +
        'browser of 2023 or later (Safari 16.4), or another backend',
    );
  }
  const arithmetic = abilities.relaxedSimd ? 'relaxed' : 'simd';
  return abilities.sharedMemory && threads > 1 ? `${arithmetic}-threads` : arithmetic;
}

/** Whether a build can run on a host; else why not. */
export function missingFor(build: BuildName, abilities: Abilities): string | undefined {
  if (!abilities.simd) return 'there is no WebAssembly SIMD here';
  if (build.startsWith('relaxed') && !abilities.relaxedSimd) return 'there is no relaxed SIMD here';
  if (isThreaded(build) && !abilities.sharedMemory)
    return 'there is no shared memory here (a page needs cross-origin isolation)';
  return undefined;
}

export function isThreaded(build: BuildName): boolean {
  return build.endsWith('-threads');
}

async function probeRelaxedSimd(): Promise<boolean> {
  if (validates(RELAXED_PROGRAM)) return true;
  if (!isNode()) return false;
  try {
    const v8 = await nodeModule<{ setFlagsFromString(flags: string): void }>('v8');
    v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
  } catch {
    return false;
  }
  return validates(RELAXED_PROGRAM);
}

function validates(program: readonly number[]): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(Uint8Array.from(program));
}

function hasSharedMemory(): boolean {
  const { crossOriginIsolated } = globalThis as { readonly crossOriginIsolated?: boolean };
  // Some hosts show the constructor but refuse to send such memory to a worker.
  if (typeof SharedArrayBuffer !== 'function' || crossOriginIsolated === false) return false;
  try {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    return memory.buffer instanceof SharedArrayBuffer && validates(THREADS_PROGRAM);
  } catch {
    return false;
  }
}

function mayWait(): boolean {
  if (typeof SharedArrayBuffer !== 'function') return false;
  try {
    // Nothing changes that word, and no time is given: it returns at once.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0);
    return true;
  } catch {
    return false;
  }
}

async function countProcessors(): Promise<number> {
  if (isNode()) {
    const os = await nodeModule<{ availableParallelism?(): number; cpus(): unknown[] }>('os');
    return Math.max(1, os.availableParallelism?.() ?? os.cpus().length);
  }
  return Math.max(1, globalThis.navigator?.hardwareConcurrency ?? 1);
}

const program = (body: readonly number[], memory: readonly number[] = []): number[] => [
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  // One type without parameters and results, one function of it.
  ...[1, 4, 1, 0x60, 0, 0],
  ...[3, 2, 1, 0],
  ...memory,
  // One body without locals.
  ...[10, body.length + 4, 1, body.length + 2, 0, ...body, 0x0b],
];

const I32_CONST_0 = [0x41, 0];
const SPLAT = [...I32_CONST_0, 0xfd, 0x0f];
const DROP = 0x1a;

/** `i8x16.splat`, `i8x16.popcnt` */
const SIMD_PROGRAM = program([...SPLAT, 0xfd, 0x62, DROP]);
/** `f32x4.relaxed_madd` */
const RELAXED_PROGRAM = program([...SPLAT, ...SPLAT, ...SPLAT, 0xfd, 0x85, 0x02, DROP]);
/** `i32.atomic.load` of a shared memory */
const THREADS_PROGRAM = program([...I32_CONST_0, 0xfe, 0x10, 2, 0, DROP], [5, 4, 1, 3, 1, 1]);
