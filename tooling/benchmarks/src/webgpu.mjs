// Our WGSL kernels beside tfjs-backend-webgpu's own Conv2D, on one device of one process, in turns: each convolution of
// the generators, and the generators whole. In Node through Dawn, on whatever adapter it gives.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { registerWebGpuBackend } from '@hifigan/backend-webgpu';
import { provideWebGpu } from '@hifigan/backend-webgpu/node';
import {
  describeMachine,
  grid,
  interleave,
  readMachine,
  seededRandom,
  timed,
} from '@hifigan/cli/measuring';
import { presets } from '@hifigan/config';
import { Generator } from '@hifigan/models';
import { CONV1D, CONV1D_TRANSPOSE } from '@hifigan/ops';
import { provideVulkan } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';

const { values } = parseArgs({
  // pnpm hands the separating "--" on.
  args: process.argv.slice(2).filter((word) => word !== '--'),
  options: {
    config: { type: 'string', default: 'v1,v2,v3' },
    frames: { type: 'string', default: '172' },
    rounds: { type: 'string', default: '10' },
    repeat: { type: 'string', default: '10' },
    only: { type: 'string', default: 'layers,generators' },
    software: { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const [frames, rounds, repeat] = [values.frames, values.rounds, values.repeat].map(Number);
const parts = values.only.split(',');

const missing = values.software ? provideVulkan() : undefined;
if (missing) throw new Error(missing);
await provideWebGpu();
const { name: OURS, adapter, software } = await registerWebGpuBackend();
// The same device without our kernels: tensors are common to both.
const THEIRS = 'webgpu-without-kernels';
const backend = tf.findBackend(OURS);
tf.copyRegisteredKernels('webgpu', THEIRS);
tf.registerBackend(THEIRS, () => backend, 0);
await tf.setBackend(OURS);
tf.enableProdMode();
const random = seededRandom();
/** What is compared: on a processor the clock would count what else it does, too. */
const clock = software ? 'cpu' : 'wall';

/** @typedef {{ kernel: string, inputs: Record<string, number[]>, attributes: Record<string, number>, count: number }} Layer */

/** @param {string} name */
function presetOf(name) {
  if (!(name in presets)) throw new Error(`--config ${name} must be one of @hifigan/config`);
  return presets[/** @type {'v1'} */ (name)];
}

/** @param {string} name @returns {{ generator: Generator, mel: tf.Tensor3D }} */
function prepare(name) {
  const config = presetOf(name);
  const trained = Generator.initialize(config, random);
  const generator = trained.foldWeightNorm();
  trained.dispose();
  const mel = Float32Array.from({ length: frames * config.num_mels }, () => random() * 2 - 1);
  return { generator, mel: tf.tensor3d(mel, [1, frames, config.num_mels]) };
}

/** The convolutions of a generator, each once. @param {string} name @returns {Layer[]} */
function layersOf(name) {
  const { generator, mel } = prepare(name);
  /** @type {Map<string, Layer>} */
  const layers = new Map();
  const engine = tf.engine();
  const unwatched = engine.runKernel;
  /** @type {typeof unwatched} */
  const watched = (kernel, inputs, attributes) => {
    if (kernel === CONV1D || kernel === CONV1D_TRANSPOSE) {
      const shapes = Object.fromEntries(
        Object.entries(inputs).map(([key, tensor]) => [
          key,
          /** @type {tf.Tensor} */ (tensor).shape,
        ]),
      );
      const key = JSON.stringify([kernel, shapes, attributes]);
      const known = layers.get(key);
      if (known) known.count++;
      else {
        const plain = /** @type {Record<string, number>} */ (/** @type {unknown} */ (attributes));
        layers.set(key, { kernel, inputs: shapes, attributes: plain, count: 1 });
      }
    }
    return /** @type {never} */ (unwatched.call(engine, kernel, inputs, attributes));
  };
  engine.runKernel = watched;
  try {
    tf.dispose(tf.tidy(() => generator.forward(mel)));
  } finally {
    engine.runKernel = unwatched;
  }
  tf.dispose(mel);
  generator.dispose();
  return [...layers.values()];
}

/** Waits until all that was asked for is computed, by reading one value of the last. @param {() => tf.Tensor} run */
async function computed(run) {
  for (let i = 1; i < repeat; i++) tf.dispose(run());
  const last = run();
  const one = tf.tidy(() => tf.slice(tf.reshape(last, [-1]), [0], [1]));
  await one.data();
  tf.dispose([last, one]);
}

/** @param {string} on @param {() => tf.Tensor} run */
const contender = (on, run) => ({
  name: on,
  run: async () => {
    await tf.setBackend(on);
    const { wall, cpu } = await timed(() => computed(run));
    return { wall: wall / repeat, cpu: cpu / repeat };
  },
});

/** tfjs's own, without the leaky ReLU, the bias and the sum that ours computes along. @param {Layer} layer */
function theirsOf({ kernel, attributes }, /** @type {Record<string, tf.Tensor>} */ { x, filter }) {
  const { stride, dilation, padLeft, padRight, outputLength } = attributes;
  const [batch, time, channels] = x.shape;
  const image = /** @type {tf.Tensor4D} */ (tf.reshape(x, [batch, 1, time, channels]));
  const weights = /** @type {tf.Tensor4D} */ (tf.expandDims(filter, 0));
  /** @type {[[number, number], [number, number], [number, number], [number, number]]} */
  const pad = [
    [0, 0],
    [0, 0],
    [padLeft, padRight],
    [0, 0],
  ];
  if (kernel === CONV1D) {
    return () => tf.tidy(() => tf.conv2d(image, weights, [1, stride], pad, 'NHWC', [1, dilation]));
  }
  const shape = /** @type {[number, number, number, number]} */ ([
    batch,
    1,
    outputLength,
    filter.shape[1],
  ]);
  return () => tf.tidy(() => tf.conv2dTranspose(image, weights, shape, [1, stride], pad));
}

/** @param {string} preset */
async function compareLayers(preset) {
  const rows = [];
  const all = layersOf(preset);
  for (const [index, layer] of all.entries()) {
    if (process.stderr.isTTY)
      process.stderr.write(`\r${preset}: layer ${index + 1} of ${all.length}\x1b[K\r`);
    const { kernel, inputs, attributes, count } = layer;
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([key, shape]) => [key, tf.randomNormal(shape)]),
    );
    const theirs = theirsOf(layer, tensors);
    const [ours, other] = await interleave(
      [
        contender(
          OURS,
          () => /** @type {tf.Tensor} */ (tf.engine().runKernel(kernel, tensors, attributes)),
        ),
        contender(THEIRS, theirs),
      ],
      { rounds },
    );
    tf.dispose(tensors);
    const [taps, a, b] = inputs.filter;
    const operations =
      2 * inputs.x[1] * taps * a * b * (kernel === CONV1D ? 1 / attributes.stride : 1);
    const what = `${kernel === CONV1D ? 'conv' : 'transposed'} ${taps}x${a}x${b} stride ${attributes.stride} dilation ${attributes.dilation}, ${inputs.x[1]} samples`;
    rows.push({
      preset,
      what,
      count,
      ours: ours[clock],
      theirs: other[clock],
      gflops: operations / ours[clock] / 1e9,
    });
    await tf.setBackend(OURS);
  }
  return rows;
}

/** @param {string} preset */
async function compareGenerators(preset) {
  const { generator, mel } = prepare(preset);
  const run = () => tf.tidy(() => generator.forward(mel));
  const audio = [];
  for (const on of [OURS, THEIRS]) {
    await tf.setBackend(on);
    const y = run();
    audio.push(/** @type {Float32Array} */ (await y.data()));
    y.dispose();
  }
  const [first, second] = audio;
  const apart = first.reduce((most, value, i) => Math.max(most, Math.abs(value - second[i])), 0);
  const [ours, theirs] = await interleave([contender(OURS, run), contender(THEIRS, run)], {
    rounds,
  });
  await tf.setBackend(OURS);
  tf.dispose(mel);
  generator.dispose();
  const { hop_size, sampling_rate } = presetOf(preset);
  const seconds = (frames * hop_size) / sampling_rate;
  return { preset, ours: seconds / ours[clock], theirs: seconds / theirs[clock], apart };
}

console.log(
  `${adapter}${software ? ' (a program on the processor: CPU time, which tells nothing of a GPU)' : ''}, ${describeMachine(readMachine())}\n`,
);
const layers = [];
const generators = [];
const ms = (/** @type {number} */ seconds) => (seconds * 1000).toFixed(2);
for (const preset of values.config.split(',')) {
  if (parts.includes('layers')) {
    const rows = await compareLayers(preset);
    layers.push(...rows);
    const sum = (/** @type {(row: typeof rows[number]) => number} */ of) =>
      rows.reduce((total, row) => total + of(row), 0);
    const all = {
      what: 'all, as often as they occur',
      count: sum(({ count }) => count),
      ours: sum(({ count, ours }) => count * ours),
      theirs: sum(({ count, theirs }) => count * theirs),
      gflops:
        sum(({ count, ours, gflops }) => count * ours * gflops) /
        sum(({ count, ours }) => count * ours),
    };
    console.log(
      grid(
        [preset, 'times', 'ours ms', 'tfjs ms', 'tfjs ÷ ours', 'GFLOP/s'],
        [...rows, all].map(({ what, count, ours, theirs, gflops }) => [
          what,
          String(count),
          ms(ours),
          ms(theirs),
          (theirs / ours).toFixed(2),
          gflops.toFixed(1),
        ]),
      ),
    );
  }
  if (parts.includes('generators')) generators.push(await compareGenerators(preset));
}
if (generators.length > 0) {
  console.log(
    grid(
      ['whole generator', 'ours × real time', 'tfjs × real time', 'ours ÷ tfjs', 'apart at most'],
      generators.map(({ preset, ours, theirs, apart }) => [
        preset,
        ours.toFixed(2),
        theirs.toFixed(2),
        (ours / theirs).toFixed(2),
        apart.toExponential(1),
      ]),
    ),
  );
}
if (values.json) {
  writeFileSync(
    values.json,
    `${JSON.stringify({ adapter, software, machine: readMachine(), frames, layers, generators })}\n`,
  );
}
// Dawn may keep the process.
process.exit();
