import { binary } from './generated/mel.js';
import type { MelImage } from './mel-image.js';

// The host's, if it has them: this package compiles without the types of any host.
declare const atob: (text: string) => string;
declare const WebAssembly: {
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  analyze(plan: number, frames: number): void;
}

/** The program of `assembly/` with its one memory, which all spectrograms share. */
export interface Kernel {
  readonly exports: Exports;
  /** The spectrogram whose tables lie in the memory. */
  image: MelImage | undefined;
}

let kernel: Kernel | null | undefined;

/**
 * The kernel, made at the first call. Null where the host has no WebAssembly SIMD, where a page's
 * Content-Security-Policy forbids compiling it, and on big-endian hosts.
 */
export function findKernel(): Kernel | null {
  if (kernel === undefined) kernel = compile();
  return kernel;
}

function compile(): Kernel | null {
  if (new Uint8Array(Uint32Array.of(1).buffer)[0] !== 1) return null;
  try {
    // Synchronous, which all browsers allow below 4 KB.
    const module = new WebAssembly.Module(Uint8Array.from(atob(binary), (c) => c.charCodeAt(0)));
    const { exports } = new WebAssembly.Instance(module);
    return { exports: exports as Exports, image: undefined };
  } catch {
    return null;
  }
}

const PAGE = 65536;

/** Makes the memory hold so many bytes; false where there are not so many. */
export function reserve({ exports: { memory } }: Kernel, bytes: number): boolean {
  const missing = bytes - memory.buffer.byteLength;
  if (missing <= 0) return true;
  try {
    memory.grow(Math.ceil(missing / PAGE));
    return true;
  } catch {
    return false;
  }
}
