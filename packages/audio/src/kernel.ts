import { binary } from './generated/mel.js';

// The host's, if it has them: this package compiles without the types of any host.
declare const atob: (text: string) => string;
declare const WebAssembly: {
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

interface Memory {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
}

/** A program of `assembly/` with its one memory, which all that use it share. */
export interface Kernel<Exports> {
  readonly exports: Exports & Memory;
  /** Whose tables lie in the memory. */
  image: object | undefined;
}

/**
 * Finds a program, which is made at the first call. It finds null where the host has no WebAssembly SIMD, where a page's
 * Content-Security-Policy forbids compiling it, and on big-endian hosts.
 *
 * @param binary in base64, below 4 KB
 */
export function kernelOf<Exports>(binary: string): () => Kernel<Exports> | null {
  let kernel: Kernel<Exports> | null | undefined;
  return () => {
    if (kernel === undefined) kernel = compile(binary);
    return kernel;
  };
}

/** The program that makes spectrograms. */
export const findKernel = kernelOf<{ analyze(plan: number, frames: number): void }>(binary);

function compile<Exports>(binary: string): Kernel<Exports> | null {
  if (new Uint8Array(Uint32Array.of(1).buffer)[0] !== 1) return null;
  try {
    // Synchronous, which all browsers allow below 4 KB.
    const module = new WebAssembly.Module(Uint8Array.from(atob(binary), (c) => c.charCodeAt(0)));
    const { exports } = new WebAssembly.Instance(module);
    return { exports: exports as Exports & Memory, image: undefined };
  } catch {
    return null;
  }
}

const PAGE = 65536;

/** Makes the memory hold so many bytes; false where there are not so many. */
export function reserve(
  { exports: { memory } }: Pick<Kernel<unknown>, 'exports'>,
  bytes: number,
): boolean {
  const missing = bytes - memory.buffer.byteLength;
  if (missing <= 0) return true;
  try {
    memory.grow(Math.ceil(missing / PAGE));
    return true;
  } catch {
    return false;
  }
}
