// One training step of HiFi-GAN: @hifigan/train on the native or the WebAssembly backend, and PyTorch, in turns, one
// run.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { activateTensorflow } from '@hifigan/backend-tensorflow/node';
import { registerWasmBackend } from '@hifigan/backend-wasm';
import {
  describeMachine,
  grid,
  interleave,
  peakMemory,
  readMachine,
  timed,
} from '@hifigan/cli/measuring';
import { presets } from '@hifigan/config';
import { MicroBatch, Trainer } from '@hifigan/train';
import * as tf from '@tensorflow/tfjs';
import { askPython } from './python.mjs';

const { values } = parseArgs({
  // pnpm hands the separating "--" on.
  args: process.argv.slice(2).filter((word) => word !== '--'),
  options: {
    backend: { type: 'string', default: 'tensorflow' },
    config: { type: 'string', default: 'v1' },
    batch: { type: 'string', default: '2' },
    segment: { type: 'string', default: '8192' },
    // Clips at a time of ours; torch takes the whole batch.
    'micro-batch': { type: 'string' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
    json: { type: 'string' },
  },
});
const { config: name } = values;
if (name !== 'v1' && name !== 'v2' && name !== 'v3') {
  throw new Error(`--config ${name} must be v1, v2 or v3`);
}
const config = presets[name];
const [size, samples, threads, rounds] = [
  values.batch,
  values.segment,
  values.threads,
  values.rounds,
].map(Number);
const frames = samples / config.hop_size;

const { backend } = values;
if (backend !== 'tensorflow' && backend !== 'wasm') {
  throw new Error(`--backend ${backend} must be tensorflow or wasm`);
}
const device =
  backend === 'wasm' ? await activateWasm() : (await activateTensorflow({ threads })).device;
const clips = values['micro-batch'] === undefined ? size : Number(values['micro-batch']);
const trainer = new Trainer({ config, microBatch: new MicroBatch({ clips }) });
// Both learn from noise: the work does not depend on it.
let state = 1;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const place = { epoch: 0, batch: 0 };
const batch = {
  place,
  ids: Array.from({ length: size }, (_, i) => String(i)),
  size,
  samples,
  frames,
  audio: Float32Array.from({ length: size * samples }, () => random() - 0.5),
  mel: Float32Array.from({ length: size * frames * config.num_mels }, () => -6 * random()),
};
const python = askPython(
  fileURLToPath(new URL('training.py', import.meta.url)),
  [name, String(size), String(samples)],
  { threads },
);

async function activateWasm() {
  const { name: registered } = await registerWasmBackend({ threads });
  await tf.setBackend(registered);
  return registered;
}

const ours = {
  name: `@hifigan/train, ${device}`,
  run: async () => ({ ...(await timed(() => trainer.step(batch, place))), peak: peakMemory() }),
};
const machine = readMachine();
// The first steps fill caches on both sides.
const results = await interleave([ours, { name: 'torch', run: () => python.ask('step') }], {
  rounds,
  warmUp: 2,
});
python.close();
/** @type {Partial<import('@hifigan/backend-wasm').WasmMemoryInfo>} only its backend has these bytes */
const { heapPeakBytes } = tf.memory();
trainer.dispose();

const [first] = results;
console.log(
  `seconds of a training step, ${name}, batch ${size}${clips < size ? ` in parts of ${clips}` : ''}, segment ${samples}, ${threads} threads, best of ${rounds}; ${describeMachine(machine)}\n`,
);
console.log(
  grid(
    ['', 'by the clock', 'by CPU time', 'ours takes (clock, CPU)', 'peak MiB'],
    results.map(({ name: contender, wall, cpu, rounds: each }) => [
      contender,
      wall.toFixed(2),
      cpu.toFixed(2),
      `${(first.wall / wall).toFixed(2)} ${(first.cpu / cpu).toFixed(2)}`,
      String(Math.round(Math.max(...each.map(({ peak }) => peak)) / 2 ** 20)),
    ]),
  ),
);
if (heapPeakBytes) console.log(`\npeak heap ${Math.round(heapPeakBytes / 2 ** 20)} MiB`);
if (values.json) {
  const report = {
    config: name,
    batch: size,
    microBatch: clips,
    heapPeakBytes,
    segment: samples,
    threads,
    machine,
    results,
  };
  writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
}
