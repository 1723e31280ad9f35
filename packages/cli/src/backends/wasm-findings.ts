import type { WasmBackendDescription, WasmMemoryInfo } from '@hifigan/backend-wasm';
import type { Finding } from '../doctor/finding.js';
import { byteSize, counted } from '../terminal/format.js';

/** What the WebAssembly backend is made of. @param processors of the machine */
export function wasmFindings(
  { build, threads }: Pick<WasmBackendDescription, 'build' | 'threads'>,
  { heapPeakBytes, memoryBytes }: WasmMemoryInfo,
  processors: number,
): readonly Finding[] {
  const relaxed = build.startsWith('relaxed');
  const shared = build.endsWith('-threads');
  return [
    relaxed
      ? { name: 'build', ok: true, found: `${build}: SIMD with fused multiply-add` }
      : {
          ...{ name: 'build', ok: false, optional: true, found: `${build}: plain SIMD` },
          why: 'this Node has no relaxed SIMD, so that each multiplication and addition is a step of its own',
          todo: 'a newer Node computes faster',
        },
    shared || processors === 1
      ? {
          ...{ name: 'threads', ok: true },
          found: `${threads} of ${counted(processors, 'processor')}`,
        }
      : {
          ...{ name: 'threads', ok: false, optional: true },
          found: `${threads} of ${counted(processors, 'processor')}`,
          why: 'one thread was asked for, or memory that threads share is not to be had here',
          todo: 'leave --threads and HIFIGAN_THREADS out; free memory where a note tells of shared memory',
        },
    {
      ...{ name: 'memory', ok: true },
      found: `${byteSize(memoryBytes)}, of which the self-check used ${byteSize(heapPeakBytes)}; it grows up to 4.3 GB`,
    },
  ];
}
