import { expect, test } from 'vitest';
import { createFlacEncoder } from './create-flac-encoder.js';
import { flacEndsWhole } from './flac-ends-whole.js';

const SAMPLES = 3 * 4096 + 1000;
const joined = (parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

async function encoded(samples = SAMPLES): Promise<Uint8Array> {
  const encoder = await createFlacEncoder({ samplingRate: 16000, bits: 16 });
  const audio = Float32Array.from({ length: samples }, (_, i) => 0.5 * Math.sin(i * i * 1e-4));
  const begin = encoder.begin(samples);
  const middle = encoder.encode(audio);
  return joined([begin, middle, encoder.end().bytes]);
}

test('is told by the last frame: whole, cut anywhere, of another length', async () => {
  const bytes = await encoded();
  expect(flacEndsWhole(bytes, SAMPLES)).toBe(true);
  expect(flacEndsWhole(bytes.subarray(bytes.length - 12_000), SAMPLES)).toBe(true);
  expect(flacEndsWhole(bytes, SAMPLES + 1)).toBe(false);
  expect(flacEndsWhole(bytes, SAMPLES - 1000)).toBe(false);
  for (let cut = 1; cut < bytes.length; cut += 97) {
    expect(flacEndsWhole(bytes.subarray(0, bytes.length - cut), SAMPLES), `${cut}`).toBe(false);
  }
  const damaged = bytes.slice();
  damaged[damaged.length - 30] ^= 4;
  expect(flacEndsWhole(damaged, SAMPLES)).toBe(false);
});

test('of a file of one frame', async () => {
  expect(flacEndsWhole(await encoded(700), 700)).toBe(true);
  expect(flacEndsWhole(new Uint8Array(1000), 700)).toBe(false);
});
