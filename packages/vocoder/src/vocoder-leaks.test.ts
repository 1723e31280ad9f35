import { presets } from '@hifigan/config';
import { onBackendsAndPlain } from '@hifigan/test-backends';
import { tinyConfig } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import type { EngineFactory } from './engine.js';
import { smallBundle } from './testing/small-bundle.js';
import { tfjsEngine } from './tfjs-engine.js';
import { Vocoder } from './vocoder.js';

const mel = { data: new Float32Array(2 * 12).fill(-3), frames: 2, mels: 12 };

/** Fails at every seventh thing that it is asked for, after it has computed. */
const failing: EngineFactory = async (bundle, where) => {
  const engine = await tfjsEngine(bundle, where);
  let asked = 0;
  const sometimes = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work;
    if (++asked % 7 === 0) throw new Error('of the engine');
    return result;
  };
  return {
    ...engine,
    generate: (one) => sometimes(engine.generate(one)),
    generateBatch: (all) => sometimes(engine.generateBatch?.(all) ?? Promise.resolve([])),
    openStream() {
      const stream = engine.openStream?.();
      if (!stream) throw new Error('tfjs keeps state');
      return {
        push: (part) => sometimes(stream.push(part)),
        end: () => sometimes(stream.end()),
        dispose: () => stream.dispose(),
      };
    },
  };
};

/** Tensors, their bytes, and those of the WebAssembly heap, which kernels take their own of. */
function held() {
  const { numTensors, numDataBuffers, numBytes, ...rest } = tf.memory();
  const { heapBytes = 0 } = rest as { readonly heapBytes?: number };
  return { numTensors, numDataBuffers, numBytes, heapBytes };
}

/** One of each way to speak; every third is left, every fourth aborted in the midst. @returns what was rejected */
async function speak(vocoder: Vocoder, run: number): Promise<number> {
  let rejected = 0;
  const tolerated = (work: Promise<unknown>) => work.catch(() => void rejected++);
  const controller = new AbortController();
  const aborted = run % 4 === 0 ? controller.signal : undefined;
  const stream = async () => {
    const options = { chunkFrames: 1 + (run % 2), signal: aborted };
    for await (const _ of vocoder.stream([mel, mel, mel], options)) {
      if (run % 3 === 0) break;
      if (aborted) controller.abort();
    }
  };
  await tolerated(vocoder.synthesize(mel, { denoise: run % 50 === 0 ? 0.1 : 0 }));
  await tolerated(vocoder.synthesizeBatch([mel, mel]));
  await tolerated(stream());
  const abort = () => controller.abort();
  await tolerated(
    vocoder.synthesize(mel, { chunkFrames: 1, signal: aborted, onProgress: aborted && abort }),
  );
  return rejected;
}

onBackendsAndPlain((backend) => {
  it('1,000 runs leave nothing behind: whole, in batches, streamed, left, aborted, failed', async () => {
    const config = { ...presets.v1, ...tinyConfig };
    const before = held();
    const vocoder = await Vocoder.load(await smallBundle(1, config), { engine: failing });
    // What is made once: filters laid out anew, memory for threads, the denoiser.
    for (let run = 0; run < 50; run++) await speak(vocoder, run);
    const prepared = held();
    expect(prepared.numTensors).toBeGreaterThan(before.numTensors);
    if (backend === 'hifigan-wasm') expect(prepared.heapBytes).toBeGreaterThan(before.heapBytes);
    let rejected = 0;
    for (let run = 0; run < 250; run++) rejected += await speak(vocoder, run);
    expect(held()).toEqual(prepared);
    expect(rejected).toBeGreaterThan(100);
    expect(rejected).toBeLessThan(500);
    await vocoder.dispose();
    const { heapBytes, ...tensors } = held();
    const { heapBytes: _, ...tensorsBefore } = before;
    expect(tensors).toEqual(tensorsBefore);
    // Scratch memory of the threads stays with the backend.
    expect(heapBytes).toBeLessThanOrEqual(prepared.heapBytes);
  });
});
