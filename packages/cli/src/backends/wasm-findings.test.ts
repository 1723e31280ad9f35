import { expect, test } from 'vitest';
import { wasmFindings } from './wasm-findings.js';

const MEMORY = { unreliable: false, heapBytes: 0, heapPeakBytes: 2000, memoryBytes: 4_194_304 };

test.each([
  ['relaxed-threads', 2, 2, undefined, []],
  ['simd-threads', 2, 2, undefined, ['build']],
  ['relaxed-threads', 16, 64, undefined, []],
  ['relaxed-threads', 4, 8, 4, []],
  ['relaxed-threads', 64, 8, 100, []],
  ['relaxed', 1, 2, 1, ['threads']],
  ['simd', 1, 2, undefined, ['build', 'threads']],
  // Workers that did not start: all, and some.
  ['relaxed-threads', 1, 2, undefined, ['threads']],
  ['relaxed-threads', 3, 8, 4, ['threads']],
  // There is nothing to share work with.
  ['relaxed', 1, 1, undefined, []],
] as const)('build %s with %d threads on %d processors, asked for %s', (...given) => {
  const [build, threads, processors, asked, lacking] = given;
  const findings = wasmFindings({ build, threads }, MEMORY, { processors, asked });
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
