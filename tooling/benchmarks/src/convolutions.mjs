// Each way of computing each convolution of V1 to V3 on one thread of the WebAssembly backend, in turns; --write makes
// the backend's table of the fastest; --from takes what an earlier run wrote to its --json.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { layerKey, possibleWays, registerWasmBackend } from '@hifigan/backend-wasm';
import { CONV1D, CONV1D_BACKPROP_FILTER } from '@hifigan/ops';
import * as tf from '@tensorflow/tfjs';
import { recordShapes } from './convolution-shapes.mjs';
import { asModule, fastest } from './convolution-table.mjs';

const { values } = parseArgs({
  args: process.argv.slice(2).filter((word) => word !== '--'),
  options: {
    config: { type: 'string', default: 'v1,v2,v3' },
    rounds: { type: 'string', default: '7' },
    only: { type: 'string', default: '' },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
    from: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const target = new URL('../../../packages/backend-wasm/src/measured-ways.ts', import.meta.url);

/** @typedef {import('./convolution-shapes.mjs').Question} Question */
/** @typedef {import('./convolution-shapes.mjs').Shape} Shape */
/** @typedef {import('@hifigan/backend-wasm').ConvolutionWay} Way */
/** @typedef {import('./convolution-table.mjs').Timing} Timing */

/** @type {Way | undefined} */
let forced;
/** @type {{ shape: Shape, timings: Timing[] }[]} */
const measured = values.from
  ? JSON.parse(readFileSync(values.from, 'utf8')).measured
  : await measureAll();
if (values.json)
  writeFileSync(values.json, `${JSON.stringify({ cpu: cpus()[0].model, measured })}\n`);
if (values.write) writeFileSync(fileURLToPath(target), asModule(measured));

/** Prints each shape as it comes. */
async function measureAll() {
  const recorder = recordShapes();
  const { name } = await registerWasmBackend({
    threads: 1,
    chooseWay: (question) => forced ?? recorder.chooseWay(question),
  });
  await tf.setBackend(name);
  tf.enableProdMode();
  const load = loadavg()[0];
  const shapes = await recorder.of(
    /** @type {('v1' | 'v2' | 'v3')[]} */ (values.config.split(',')),
  );

  console.log(
    `GFLOP/s of the plain sum of products, filter fresh / kept, one thread, best of ${rounds}; Node ${process.version}, ${cpus()[0].model}, load ${load.toFixed(1)}\n`,
  );
  /** @type {{ shape: Shape, timings: Timing[] }[]} */
  const rows = [];
  for (const shape of shapes) {
    const { question, uses } = shape;
    const { batch, steps } = question;
    const label = `${layerKey(question)} ${batch}x${steps} (${uses.join(', ')})`;
    if (possibleWays(question).length === 1 || !new RegExp(values.only).test(label)) continue;
    const timings = measure(question);
    rows.push({ shape, timings });
    const best = fastest(shape, timings);
    const cells = timings.map((timing) =>
      timing === best ? `[${cell(question, timing)}]` : cell(question, timing),
    );
    console.log(`${label}: ${cells.join('  ')}`);
  }
  return rows;
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

/**
 * @param {() => tf.TensorContainer} run @returns {number} milliseconds of CPU time, which others' load disturbs less
 */
function timed(run) {
  const before = process.cpuUsage();
  const y = run();
  const { user, system } = process.cpuUsage(before);
  tf.dispose(y);
  return (user + system) / 1000;
}

/** @param {Question} question @param {Timing} timing */
function cell({ kernel, groups, inChannels, outChannels, batch, steps }, { way, fresh, kept }) {
  const operations = 2 * kernel * groups * inChannels * outChannels * batch * steps;
  const [a, b] = [fresh, kept].map((time) => (operations / time / 1e6).toFixed(0));
  return `${way.passes > 1 ? `${way.passes} × ` : ''}${way.scheme} ${a}/${b}`;
}
