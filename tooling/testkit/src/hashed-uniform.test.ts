import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { fnv1a, hashedUniform } from './hashed-uniform.js';

test('hashes names with FNV-1a', () => {
  // The empty string and 'a' are in FNV's own test vectors.
  expect(fnv1a('')).toBe(2166136261);
  expect(fnv1a('a')).toBe(0xe40c292c);
});

// The same literals stand in tooling/reference-python/tests/test_hashed_uniform.py.
test('gives the values that the Python twin gives', () => {
  expect([...hashedUniform('conv_pre.weight_v', [2, 3], 1)]).toEqual([
    -0.39850321412086487, -0.42087602615356445, 0.8381150364875793, 0.4319138824939728,
    0.5648368000984192, 0.12101376056671143,
  ]);
  expect([...hashedUniform('é', [4], 0.25)]).toEqual([
    0.2215498834848404, -0.060002561658620834, -0.16527314484119415, 0.12804214656352997,
  ]);
});

test('agrees with the Python twin over states that wrap around', () => {
  const bytes = new Uint8Array(hashedUniform('big', [3, 100003], 0.5).buffer);
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(
    '72e92d9d6291e241591bf8113e62085c92fcea5fd3edf7d60363441b977faf61',
  );
});
