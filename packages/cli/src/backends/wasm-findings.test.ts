import { expect, test } from 'vitest';
import { wasmFindings } from './wasm-findings.js';

const MEMORY = { unreliable: false, heapBytes: 0, heapPeakBytes: 2000, memoryBytes: 4_194_304 };

test.each([
  ['relaxed-threads', 2, 2, []],
  ['simd-threads', 2, 2, ['build']],
  ['relaxed', 1, 2, ['threads']],
  ['simd', 1, 2, ['build', 'threads']],
  // There is nothing to share work with.
  ['relaxed', 1, 1, []],
] as const)('build %s with %d threads on %d processors', (build, threads, processors, lacking) => {
  const findings = wasmFindings({ build, threads }, MEMORY, processors);
  expect(findings.map(({ name }) => name)).toEqual(['build', 'threads', 'memory']);
  const bad = findings.filter(({ ok }) => !ok);
  expect(bad.map(({ name }) => name)).toEqual(lacking);
  for (const { why, todo, optional } of bad) {
    expect({ why, todo, optional }).toEqual({
      ...{ why: expect.any(String), todo: expect.any(String), optional: true },
    });
  }
  expect(findings[0].found).toContain(build);
  expect(findings[1].found).toMatch(new RegExp(`^${threads} of ${processors} processor`));
  expect(findings[2].found).toMatch(/^4\.2 MB, of which the self-check used 2\.0 kB/);
});
