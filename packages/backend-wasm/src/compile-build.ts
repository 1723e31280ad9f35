import type { BuildName } from './probe.js';

/** Compiles a build. Each is a module of its own, so that a bundler loads no other. */
export async function compileBuild(build: BuildName): Promise<WebAssembly.Module> {
  const { binary } = await SOURCES[build]();
  return WebAssembly.compile(Uint8Array.from(atob(binary), (byte) => byte.charCodeAt(0)));
}

const SOURCES: Readonly<Record<BuildName, () => Promise<{ readonly binary: string }>>> = {
  simd: () => import('./generated/simd.js'),
  relaxed: () => import('./generated/relaxed.js'),
  'simd-threads': () => import('./generated/simd-threads.js'),
  'relaxed-threads': () => import('./generated/relaxed-threads.js'),
};
