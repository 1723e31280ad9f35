import { registerWasmBackend } from '@hifigan/backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { EngineName, EngineReport } from '../protocol.js';

/** Whether an engine can be had here. */
interface Finding {
  /** Why not, if so. */
  readonly missing?: string;
  /** It works, and there is a faster one. */
  readonly slow?: boolean;
}

/** One way to compute. */
interface Engine {
  readonly name: EngineName;
  readonly title: string;
  probe(): Promise<Finding>;
  /**
   * Makes it tfjs's backend.
   *
   * @param tell is told what went wrong and was got over
   * @returns what it is made of
   */
  activate(tell: (notice: string) => void): Promise<string>;
}

const WASM = 'hifigan-wasm';
const WEBGPU = 'hifigan-webgpu';
const MOST_THREADS = 16;

/** The best first: the first that works here and is not slow is taken. */
const engines: readonly Engine[] = [
  {
    name: 'webgpu',
    title: 'WebGPU',
    probe: probeWebGpu,
    activate: activateWebGpu,
  },
  {
    name: 'wasm-threads',
    title: 'WebAssembly, threads',
    async probe() {
      if (!hasSimd()) return NO_SIMD;
      if (!globalThis.crossOriginIsolated) {
        return {
          missing: 'this page has no memory that threads share (it is not cross-origin isolated)',
        };
      }
      return processors() < 2 ? { missing: 'this machine has one processor' } : {};
    },
    activate: (tell) => activateWasm(Math.min(processors(), MOST_THREADS), tell),
  },
  {
    name: 'wasm',
    title: 'WebAssembly',
    probe: async () => (hasSimd() ? {} : NO_SIMD),
    activate: (tell) => activateWasm(1, tell),
  },
  {
    name: 'cpu',
    title: 'plain JavaScript (slow)',
    probe: async () => ({}),
    async activate() {
      await import('@tensorflow/tfjs-backend-cpu');
      await tf.setBackend('cpu');
      return 'tfjs-backend-cpu';
    },
  },
];

/** @returns all of them, the one to be taken first */
export async function probeEngines(): Promise<EngineReport[]> {
  const found = await Promise.all(
    engines.map(async ({ name, title, probe }) => ({ name, title, ...(await probe()) })),
  );
  const [slow, others] = [true, false].map((is) =>
    found.filter((one) => (one.slow ?? false) === is),
  );
  return [...others, ...slow].map(({ slow, title, ...report }) => ({
    ...report,
    title: slow ? `${title} (slow here)` : title,
  }));
}

/** The engine that computes here, and what it told so far. */
let active: { readonly name: EngineName; readonly notices: Set<string> } | undefined;

/**
 * Makes an engine tfjs's backend. Where it is that already it stays as it is, with its threads or its compiled shaders, but
 * for a graphics processor that was lost.
 *
 * @returns what the engine says of itself
 */
export async function activateEngine(
  name: EngineName,
  tell: (notice: string) => void,
): Promise<string> {
  const engine = engines.find((one) => one.name === name)!;
  const { missing } = await engine.probe();
  if (missing !== undefined) {
    throw new Error(
      `${engine.title}: cannot compute here, because ${missing}; take another engine`,
    );
  }
  // One at a time: a GPU has memory of its own, and threads a number that they keep.
  const former = active;
  active = undefined;
  const stays = former?.name === name;
  if (!stays) {
    for (const other of [WASM, WEBGPU]) if (tf.findBackend(other)) tf.removeBackend(other);
  }
  const notices = stays ? former.notices : new Set<string>();
  const detail = await engine.activate((notice) => notices.add(notice));
  active = { name, notices };
  for (const notice of notices) tell(notice);
  return detail;
}

const NO_SIMD: Finding = {
  missing: 'this browser has no WebAssembly SIMD (browsers since 2023 do)',
};

async function probeWebGpu(): Promise<Finding> {
  if (!navigator.gpu) {
    return { missing: 'this browser has no WebGPU, or keeps it from pages that are not secure' };
  }
  try {
    const adapter = await navigator.gpu.requestAdapter();
    if (!adapter) return { missing: 'there is no graphics processor that it can use' };
    if (!adapter.info) return { missing: 'this browser’s WebGPU is older than 2024' };
    const { isSoftwareAdapter } = await import('@hifigan/backend-webgpu');
    return { slow: isSoftwareAdapter(adapter.info) };
  } catch (error) {
    return { missing: `WebGPU fails here (${error instanceof Error ? error.message : error})` };
  }
}

async function activateWebGpu(tell: (notice: string) => void): Promise<string> {
  const { registerWebGpuBackend } = await import('@hifigan/backend-webgpu');
  const { name, adapter, software } = await registerWebGpuBackend();
  if (software) {
    tell(`${adapter} is a program on the processor: the other engines are faster`);
  }
  await tf.setBackend(name);
  return `WebGPU, ${adapter}`;
}

async function activateWasm(threads: number, tell: (notice: string) => void): Promise<string> {
  const { name, threads: got, build } = await registerWasmBackend({ threads, onWarning: tell });
  await tf.setBackend(name);
  return `${build}, ${got} ${got === 1 ? 'thread' : 'threads'}`;
}

function processors(): number {
  return navigator.hardwareConcurrency || 1;
}

function hasSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(SIMD_PROGRAM);
}

/** A function of nothing: `i8x16.splat`, `i8x16.popcnt`, `drop`. */
const SIMD_PROGRAM = new Uint8Array([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0],
  ...[10, 11, 1, 9, 0, 0x41, 0, 0xfd, 0x0f, 0xfd, 0x62, 0x1a, 0x0b],
]);
