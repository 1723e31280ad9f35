import type { WasmBackendDescription, WasmMemoryInfo } from '@hifigan/backend-wasm';
import type { Finding } from '../doctor/finding.js';
import { byteSize, counted } from '../terminal/format.js';

/** Threads that the backend takes by itself, where the machine has as many processors. */
const USUAL_THREADS = 16;
/** The most that it takes, whatever is asked for. */
export const MOST_THREADS = 64;

/** What the WebAssembly backend is made of. @param asked threads that were asked for, where a number was given */
export function wasmFindings(
  { build, threads }: Pick<WasmBackendDescription, 'build' | 'threads'>,
  { heapPeakBytes, memoryBytes }: WasmMemoryInfo,
  { processors, asked }: { readonly processors: number; readonly asked?: number },
): readonly Finding[] {
  const relaxed = build.startsWith('relaxed');
  const wanted = Math.min(asked ?? Math.min(processors, USUAL_THREADS), MOST_THREADS);
  const row = { name: 'threads', found: `${threads} of ${counted(processors, 'processor')}` };
  return [
    relaxed
      ? { name: 'build', ok: true, found: `${build}: SIMD with fused multiply-add` }
      : {
          ...{ name: 'build', ok: false, optional: true, found: `${build}: plain SIMD` },
          why: 'this Node has no relaxed SIMD, so that each multiplication and addition is a step of its own',
          todo: 'a newer Node computes faster',
        },
    threads < wanted
      ? {
          ...{ ...row, ok: false, optional: true },
          why: `${wanted} were wanted, but shared memory was refused or threads did not start (see the notes above)`,
          todo: 'free memory, raise the limits of memory and processes (ulimit), or ask for fewer: --threads',
        }
      : threads === 1 && processors > 1
        ? {
            ...{ ...row, ok: false, optional: true },
            why: 'one thread was asked for',
            todo: 'leave --threads and HIFIGAN_THREADS out',
          }
        : { ...row, ok: true },
    {
      ...{ name: 'memory', ok: true },
      found: `${byteSize(memoryBytes)}, of which the self-check used ${byteSize(heapPeakBytes)}; it can grow, to 4.3 GB at most`,
    },
  ];
}
