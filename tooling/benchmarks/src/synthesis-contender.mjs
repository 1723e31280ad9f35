// JavaScript contenders of synthesis.mjs, each in a process of its own: for each line of input one run of a
// generator; answers with its seconds.
//
// Usage: synthesis-contender.mjs CONTENDER CONFIG FRAMES THREADS ONNX-FILE
import { createInterface } from 'node:readline';
import { timed } from '@hifigan/cli/measuring';
import { presets } from '@hifigan/config';
import { Generator } from '@hifigan/models';
import * as tf from '@tensorflow/tfjs';

const [contender, name, frames, threads, onnx] = process.argv.slice(2);
const config = presets[/** @type {'v1'} */ (name)];

/** Noise, the same for all. */
function values() {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return {
    random,
    mel: Float32Array.from({ length: Number(frames) * 80 }, () => random() * 2 - 1),
  };
}

/** Our generator on the active backend of tfjs. */
function onTensors() {
  const { random, mel } = values();
  const trained = Generator.initialize(config, random);
  const generator = trained.foldWeightNorm();
  trained.dispose();
  const input = tf.tensor3d(mel, [1, Number(frames), 80]);
  return async () => {
    const audio = generator.forward(input);
    await audio.data();
    audio.dispose();
  };
}

/** @type {Record<string, () => Promise<() => Promise<void>>>} */
const contenders = {
  async hifigan() {
    const { registerWasmBackend } = await import('@hifigan/backend-wasm');
    const { name: backend } = await registerWasmBackend({ threads: Number(threads) });
    await tf.setBackend(backend);
    return onTensors();
  },
  async 'hifigan-exact'() {
    const { registerWasmBackend } = await import('@hifigan/backend-wasm');
    const { name: backend } = await registerWasmBackend({ threads: Number(threads), exact: true });
    await tf.setBackend(backend);
    return onTensors();
  },
  async 'tfjs-backend-wasm'() {
    const { setThreadsCount } = await import('@tensorflow/tfjs-backend-wasm');
    setThreadsCount(Number(threads));
    await tf.setBackend('wasm');
    return onTensors();
  },
  async 'onnxruntime-web'() {
    const ort = await import('onnxruntime-web');
    ort.env.wasm.numThreads = Number(threads);
    return onOnnx(ort, 'wasm');
  },
  async 'onnxruntime-node'() {
    return onOnnx(await import('onnxruntime-node'), 'cpu');
  },
};

/**
 * @param {typeof import('onnxruntime-web') | typeof import('onnxruntime-node')} ort
 * @param {string} provider
 */
async function onOnnx(ort, provider) {
  const session = await ort.InferenceSession.create(onnx, {
    executionProviders: [provider],
    intraOpNumThreads: Number(threads),
  });
  const mel = new ort.Tensor('float32', values().mel, [1, 80, Number(frames)]);
  return async () => {
    await session.run({ mel });
  };
}

tf.enableProdMode();
const run = await contenders[contender]();
console.log(JSON.stringify({ ready: true }));
for await (const _ of createInterface({ input: process.stdin })) {
  const timing = await timed(run);
  console.log(JSON.stringify({ ...timing, rss: process.resourceUsage().maxRSS }));
}
process.exit();
