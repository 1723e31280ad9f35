import { registerWasmBackend } from '@hifigan/backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { EngineName, EngineReport } from '../protocol.js';

/** One way to compute. */
interface Engine {
  readonly name: EngineName;
  readonly title: string;
  /** Why it cannot be had here, if so. */
  missing(): Promise<string | undefined>;
  /**
   * Makes it tfjs's backend.
   *
   * @param tell is told what went wrong and was got over
   * @returns what it is made of
   */
  activate(tell: (notice: string) => void): Promise<string>;
}

const WASM = 'hifigan-wasm';
const MOST_THREADS = 16;

/**
 * The best first: the first that works here is taken. A backend on the graphics processor (WebGPU) goes before
 * these: `missing` asks for an adapter, `activate` registers the backend and sets it.
 */
const engines: readonly Engine[] = [
  {
    name: 'wasm-threads',
    title: 'WebAssembly, threads',
    async missing() {
      if (!hasSimd()) return NO_SIMD;
      if (!globalThis.crossOriginIsolated) {
        return 'this page has no memory that threads share (it is not cross-origin isolated)';
      }
      return processors() < 2 ? 'this machine has one processor' : undefined;
    },
    activate: (tell) => activateWasm(Math.min(processors(), MOST_THREADS), tell),
  },
  {
    name: 'wasm',
    title: 'WebAssembly',
    missing: async () => (hasSimd() ? undefined : NO_SIMD),
    activate: (tell) => activateWasm(1, tell),
  },
  {
    name: 'cpu',
    title: 'plain JavaScript (slow)',
    missing: async () => undefined,
    async activate() {
      await import('@tensorflow/tfjs-backend-cpu');
      await tf.setBackend('cpu');
      return 'tfjs-backend-cpu';
    },
  },
];

export function probeEngines(): Promise<EngineReport[]> {
  return Promise.all(
    engines.map(async ({ name, title, missing }) => {
      const reason = await missing();
      return { name, title, ...(reason !== undefined && { missing: reason }) };
    }),
  );
}

/** @returns what the engine says of itself */
export async function activateEngine(
  name: EngineName,
  tell: (notice: string) => void,
): Promise<string> {
  const engine = engines.find((one) => one.name === name)!;
  const reason = await engine.missing();
  if (reason !== undefined) {
    throw new Error(`${engine.title}: cannot compute here, because ${reason}; take another engine`);
  }
  return engine.activate(tell);
}

const NO_SIMD = 'this browser has no WebAssembly SIMD (browsers since 2021 do)';

async function activateWasm(threads: number, tell: (notice: string) => void): Promise<string> {
  // It has its number of threads for good.
  if (tf.findBackend(WASM)) tf.removeBackend(WASM);
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
