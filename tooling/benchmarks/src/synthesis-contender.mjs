// JavaScript contenders of synthesis.mjs, each in a process of its own: for each line of input one run of a
// generator; answers with its seconds.
//
// Usage: synthesis-contender.mjs CONTENDER CONFIG FRAMES THREADS ONNX-FILE
import { createInterface } from 'node:readline';
import { onnxEngine, seededRandom, timed } from '@hifigan/cli/measuring';
import { presets } from '@hifigan/config';
import { exportState, Generator } from '@hifigan/models';
import * as tf from '@tensorflow/tfjs';

const [contender, name, frames, threads, onnx] = process.argv.slice(2);
const config = presets[/** @type {'v1'} */ (name)];

/** Noise, the same for all. */
function values() {
  const random = seededRandom();
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
  // The engine of hifigan-gpu synth, from the mel to the samples.
  async 'hifigan-gpu'() {
    const { tensorflowBackend } = await import('@hifigan/gpu');
    await tensorflowBackend.activate({ threads: Number(threads) });
    const { random, mel } = values();
    const generator = Generator.initialize(config, random);
    const weights = await exportState(generator);
    generator.dispose();
    const engine = await tensorflowBackend.engine?.((text) => console.error(text))(
      { config, weights, notices: [] },
      name,
    );
    return async () => {
      await engine?.generate({ data: mel, frames: Number(frames), mels: config.num_mels });
    };
  },
  'onnxruntime-web': () => onOnnx('onnxruntime-web'),
  'onnxruntime-node': () => onOnnx('onnxruntime-node'),
};

/**
 * @param {import('@hifigan/cli/measuring').OnnxLibrary} library beside this file, of the version that the lockfile
 *   names
 */
async function onOnnx(library) {
  const computer = /** @type {const} */ ({ kind: 'onnx', library, from: import.meta.url });
  const engine = await onnxEngine(
    { ...computer, file: onnx, shown: onnx },
    { config, threads: Number(threads), chooseConfig: 'another --config' },
  );
  const { mel } = values();
  return async () => {
    await engine.generate({ data: mel, frames: Number(frames), mels: config.num_mels });
  };
}

tf.enableProdMode();
const run = await contenders[contender]().catch((error) => {
  console.log(JSON.stringify({ missing: error.message }));
  process.exit();
});
console.log(JSON.stringify({ ready: true }));
for await (const _ of createInterface({ input: process.stdin })) {
  const timing = await timed(run);
  console.log(JSON.stringify({ ...timing, rss: process.resourceUsage().maxRSS }));
}
process.exit();
