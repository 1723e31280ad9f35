import { expect, test } from 'vitest';
import { ClipCache } from './clip-cache.js';

const clip = (samples: number) => ({ audio: new Float32Array(samples) });

test('holds no more than it may: the least used leaves first', () => {
  const cache = new ClipCache(12 * 4);
  for (const index of [0, 1, 2]) cache.add(index, clip(4));
  expect(cache.size).toBe(48);
  cache.get(0);
  cache.add(3, clip(4));
  expect([0, 1, 2, 3].map((index) => cache.get(index) !== undefined)).toEqual([
    true,
    false,
    true,
    true,
  ]);
  expect(cache.size).toBe(48);
});

test('many hours go through it in bounded memory; a clip that is larger than all is not kept', () => {
  const cache = new ClipCache(1000);
  for (let index = 0; index < 5000; index++) {
    cache.add(index, clip(1 + (index % 90)));
    expect(cache.size).toBeLessThanOrEqual(1000);
  }
  const before = cache.size;
  cache.add(9999, clip(251));
  expect([cache.get(9999), cache.size]).toEqual([undefined, before]);
});

test('a mel counts, and so does all of a buffer that a clip is part of', () => {
  const cache = new ClipCache(1000);
  const mel = { data: new Float32Array(20).subarray(0, 10), frames: 5, mels: 2 };
  cache.add(0, { audio: new Float32Array(100).subarray(0, 50), mel });
  expect(cache.size).toBe(480);
});
