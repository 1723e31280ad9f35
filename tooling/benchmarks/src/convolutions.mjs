// Each way of computing each convolution of V1 to V3 on one thread of the WebAssembly backend, in turns; --write makes
// the backend's table of the fastest.
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { layerKey, passesOf, possibleWays, registerWasmBackend } from '@hifigan/backend-wasm';
import { CONV1D, CONV1D_BACKPROP_FILTER } from '@hifigan/ops';
import * as tf from '@tensorflow/tfjs';
import { recordShapes } from './convolution-shapes.mjs';

const { values } = parseArgs({
  args: process.argv.slice(2).filter((word) => word !== '--'),
  options: {
    config: { type: 'string', default: 'v1,v2,v3' },
    rounds: { type: 'string', default: '7' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);

/** @typedef {import('./convolution-shapes.mjs').Question} Question */
/** @typedef {import('./convolution-shapes.mjs').Shape} Shape */
/** @typedef {import('@hifigan/backend-wasm').ConvolutionWay} Way */
/**
 * Milliseconds: `fresh` with a filter that has yet to be packed, as after each step of training, `kept` with one
 * that is. A filter's gradient has no filter.
 * @typedef {{ way: Way, fresh: number, kept: number }} Timing
 */

/** Less than this is noise: the way of fewest products stays. */
const WORTH_A_ROW = 0.96;

const recorder = recordShapes();
/** @type {Way | undefined} */
let forced;
const { name } = await registerWasmBackend({
  threads: 1,
  chooseWay: (question) => forced ?? recorder.chooseWay(question),
});
await tf.setBackend(name);
tf.enableProdMode();
const load = loadavg()[0];
const shapes = await recorder.of(/** @type {('v1' | 'v2' | 'v3')[]} */ (values.config.split(',')));

console.log(
  `GFLOP/s of the plain sum of products, filter fresh / kept, one thread, best of ${rounds}; Node ${process.version}, ${cpus()[0].model}, load ${load.toFixed(1)}\n`,
);
/** @type {{ shape: Shape, timings: Timing[] }[]} */
const measured = [];
for (const shape of shapes) {
  const { question, uses } = shape;
  const { batch, steps } = question;
  const label = `${layerKey(question)} ${batch}x${steps} (${uses.join(', ')})`;
  if (possibleWays(question).length === 1 || !new RegExp(values.only).test(label)) continue;
  const timings = measure(question);
  measured.push({ shape, timings });
  const best = fastest(shape, timings);
  const cells = timings.map((timing) =>
    timing === best ? `[${cell(question, timing)}]` : cell(question, timing),
  );
  console.log(`${label}: ${cells.join('  ')}`);
}
if (values.json)
  writeFileSync(values.json, `${JSON.stringify({ cpu: cpus()[0].model, load, measured })}\n`);
if (values.write) {
  const target = new URL('../../../packages/backend-wasm/src/measured-ways.ts', import.meta.url);
  writeFileSync(fileURLToPath(target), asModule(measured));
}

/** @param {Question} question @returns {Timing[]} */
function measure(question) {
  const timings = possibleWays(question).map((way) => ({ way, fresh: Infinity, kept: Infinity }));
  tf.engine().startScope();
  const run = prepare(question);
  for (let round = 0; round < rounds; round++) {
    for (const timing of timings) {
      forced = timing.way;
      timing.fresh = Math.min(timing.fresh, run(true));
      run(false);
      timing.kept = Math.min(timing.kept, run(false));
    }
  }
  forced = undefined;
  tf.engine().endScope();
  return timings;
}

/** @param {Question} question @returns {(fresh: boolean) => number} */
function prepare({
  operation,
  kernel,
  stride,
  dilation,
  groups,
  inChannels,
  outChannels,
  batch,
  steps,
}) {
  const time = (steps - 1) * stride + (kernel - 1) * dilation + 1;
  const x = tf.randomNormal([batch, time, groups * inChannels]);
  const geometry = { stride, dilation, groups, padLeft: 0, padRight: 0, preActivationSlope: 0.1 };
  if (operation === 'filterGradient') {
    const dy = tf.randomNormal([batch, steps, groups * outChannels]);
    const attributes = { ...geometry, kernelSize: kernel };
    return () => timed(() => tf.engine().runKernel(CONV1D_BACKPROP_FILTER, { x, dy }, attributes));
  }
  const attributes = { ...geometry, activation: 'linear', activationSlope: 1 };
  const kept = tf.randomNormal([kernel, inChannels, groups * outChannels]);
  return (fresh) => {
    const filter = fresh ? tf.tidy(() => kept.add(0)) : kept;
    const took = timed(() => tf.engine().runKernel(CONV1D, { x, filter }, attributes));
    if (fresh) filter.dispose();
    return took;
  };
}

/** @param {() => tf.TensorContainer} run @returns {number} milliseconds of CPU time, which others' load disturbs less */
function timed(run) {
  const before = process.cpuUsage();
  const y = run();
  const { user, system } = process.cpuUsage(before);
  tf.dispose(y);
  return (user + system) / 1000;
}

/** @param {Shape} shape @param {Timing} timing */
function cost({ uses }, { fresh, kept }) {
  return uses.some((use) => use.endsWith('train')) ? fresh : kept;
}

/** @param {Shape} shape @param {Timing[]} timings */
function fastest(shape, timings) {
  const best = timings.reduce((a, b) => (cost(shape, b) < cost(shape, a) ? b : a));
  return cost(shape, best) < WORTH_A_ROW * cost(shape, timings[0]) ? best : timings[0];
}

/** @param {Question} question @param {Timing} timing */
function cell({ kernel, groups, inChannels, outChannels, batch, steps }, { way, fresh, kept }) {
  const operations = 2 * kernel * groups * inChannels * outChannels * batch * steps;
  const [a, b] = [fresh, kept].map((time) => (operations / time / 1e6).toFixed(0));
  return `${way.passes > 1 ? `${way.passes} × ` : ''}${way.scheme} ${a}/${b}`;
}

/** @param {{ shape: Shape, timings: Timing[] }[]} rows */
function asModule(rows) {
  /** @type {Map<string, { steps: number, passes: number, usual: number }[]>} */
  const layers = new Map();
  for (const { shape, timings } of rows) {
    const { question } = shape;
    const entry = {
      steps: question.batch * question.steps,
      passes: passesOf(fastest(shape, timings).way),
      usual: passesOf(timings[0].way),
    };
    layers.set(layerKey(question), [...(layers.get(layerKey(question)) ?? []), entry]);
  }
  const lines = [...layers]
    .filter(([, entries]) => entries.some(({ passes, usual }) => passes !== usual))
    .map(([key, entries]) => {
      const sorted = entries.sort((a, b) => a.steps - b.steps);
      return `  '${key}': [${sorted.map(({ steps, passes }) => `[${steps}, ${passes}]`).join(', ')}],`;
    });
  return `// biome-ignore-all format: a layer is a line.
/**
 * The layers of V1 to V3 for which the way of fewest products is not the fastest: for some numbers of steps, the passes
 * of the fastest, 0 for the plain sum. Made by \`pnpm --filter @hifigan/benchmarks convolutions --write\`
 * (${cpus()[0].model}, Node ${process.version}).
 */
export const MEASURED: Readonly<Record<string, readonly (readonly [steps: number, passes: number])[]>> = {
${lines.join('\n')}
};
`;
}
