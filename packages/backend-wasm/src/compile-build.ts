import type { BuildName } from './probe.js';

/** Compiles a build. Each is a module of its own, so that a bundler loads no other. */
export async function compileBuild(build: BuildName): Promise<WebAssembly.Module> {
  const { deflated } = await SOURCES[build]();
  const bytes = Uint8Array.from(atob(deflated), (byte) => byte.charCodeAt(0));
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return WebAssembly.compile(await new Response(inflated).arrayBuffer());
}

const SOURCES: Readonly<Record<BuildName, () => Promise<{ readonly deflated: string }>>> = {
  simd: () => import('./generated/simd.js'),
  relaxed: () => import('./generated/relaxed.js'),
  'simd-threads': () => import('./generated/simd-threads.js'),
  'relaxed-threads': () => import('./generated/relaxed-threads.js'),
};
