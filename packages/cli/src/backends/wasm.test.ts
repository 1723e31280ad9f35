import { writeNpy } from '@hifigan/checkpoint';
import { expectClose } from '@hifigan/testkit';
import { expect, test } from 'vitest';
import { runMain } from '../testing.js';

/** What the command line speaks of a mel. */
async function spoken(backend: string, mel: Uint8Array): Promise<Float32Array> {
  const run = await runMain(
    ['synth', '-', '-o', '-', '--format', 'float32', '--backend', backend],
    { input: mel },
  );
  expect(run.stderr).toContain(`on ${backend}`);
  expect(run.code).toBe(0);
  const data = Buffer.from(run.bytes).indexOf('data') + 8;
  return new Float32Array(Uint8Array.from(run.bytes.subarray(data)).buffer);
}

test('the packaged voice is the same on WebAssembly as in plain JavaScript', async () => {
  const frames = 12;
  // A vowel of sorts: a peak that wanders through the bands.
  const values = Float32Array.from({ length: 80 * frames }, (_, i) => {
    const [band, frame] = [Math.floor(i / frames), i % frames];
    return -8 + 7 * Math.exp(-(((band - 15 - frame) / 6) ** 2));
  });
  const mel = writeNpy({ shape: [80, frames], data: values });
  const [ours, plain] = [await spoken('wasm', mel), await spoken('cpu', mel)];
  expect(plain.length).toBe(frames * 256);
  expect(Math.max(...plain.map(Math.abs))).toBeGreaterThan(0.01);
  // Winograd's arithmetic against the plain sum, real weights.
  expectClose(ours, plain, { max: 1e-4 });
}, 120_000);
