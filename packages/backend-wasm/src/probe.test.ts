import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileBuild } from './compile-build.js';
import { type Abilities, chooseBuild, missingFor, probeAbilities } from './probe.js';

const ALL: Abilities = {
  simd: true,
  relaxedSimd: true,
  sharedMemory: true,
  mayWait: true,
  processors: 4,
};

describe('probe', () => {
  it.each(['simd', 'relaxed', 'simd-threads', 'relaxed-threads'] as const)(
    'finds %s small: 19 kB of the 100 that a page may spend',
    async (build) => {
      const file = new URL(`./generated/${build}.ts`, import.meta.url);
      expect(statSync(file).size).toBeLessThan(21_000);
    },
  );

  it('finds everything in Node, relaxed SIMD too', async () => {
    const { processors, ...abilities } = await probeAbilities();
    expect(abilities).toEqual({
      simd: true,
      relaxedSimd: true,
      sharedMemory: true,
      mayWait: true,
    });
    expect(processors).toBeGreaterThanOrEqual(1);
  });

  it.each([
    [ALL, 2, 'relaxed-threads'],
    [ALL, 1, 'relaxed'],
    [{ ...ALL, sharedMemory: false }, 2, 'relaxed'],
    [{ ...ALL, relaxedSimd: false }, 2, 'simd-threads'],
    [{ ...ALL, relaxedSimd: false, sharedMemory: false }, 8, 'simd'],
  ] as const)('chooses the best build of %j for %i threads: %s', (abilities, threads, build) => {
    expect(chooseBuild(abilities, threads)).toBe(build);
  });

  it('refuses a host without SIMD', () => {
    expect(() => chooseBuild({ ...ALL, simd: false }, 1)).toThrow('must run WebAssembly SIMD');
  });

  it('says what a build lacks', () => {
    expect(missingFor('relaxed-threads', ALL)).toBeUndefined();
    expect(missingFor('relaxed', { ...ALL, relaxedSimd: false })).toMatch(/relaxed SIMD/);
    expect(missingFor('simd-threads', { ...ALL, sharedMemory: false })).toMatch(/isolation/);
    expect(missingFor('simd', { ...ALL, simd: false })).toMatch(/no WebAssembly SIMD/);
  });

  it.each([
    ['simd', false],
    ['relaxed', false],
    ['simd-threads', true],
    ['relaxed-threads', true],
  ] as const)('%s compiles, and asks for a memory alone', async (build, shared) => {
    await probeAbilities();
    const module = await compileBuild(build);
    const imports = WebAssembly.Module.imports(module);
    expect(imports.map(({ module, name, kind }) => [module, name, kind])).toEqual([
      ['env', 'memory', 'memory'],
    ]);
    const memory = new WebAssembly.Memory(
      shared ? { initial: 64, maximum: 65536, shared } : { initial: 64 },
    );
    const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
    // Constants end below the heap, and the word that kernels take for 0 is 0.
    expect((exports as { constantsEnd: () => number }).constantsEnd()).toBeLessThanOrEqual(65536);
    expect(new Int32Array(memory.buffer)[1024 / 4]).toBe(0);
  });
});
