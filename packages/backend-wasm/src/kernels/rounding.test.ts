import { CONV1D, type Conv1dAttributes } from '@hifigan/ops';
import { type ConvolutionCase, naiveConv, uniform } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BACKEND_NAME } from '../backend.js';
import { registerWasmBackend } from '../register.js';
import { type ConvolutionWay, possibleWays, tapByTap } from '../scheme-table.js';

/**
 * How far float32 may lie from float64, root mean square over root mean square. A value that lies nearer to the kink
 * of a leaky ReLU than this may fall on its other side, and a gradient with it: the less, the fewer do.
 */
function roundingOf(
  { scheme }: ConvolutionWay,
  { kernelSize, inChannels }: ConvolutionCase,
): number {
  // A plain sum of n products is rounded n times; transforms at sizes that cancel in the end.
  return scheme === 'direct' ? 2.3e-8 * Math.sqrt(kernelSize * inChannels) : 1.1e-6;
}

/** Half a unit in the last place of the biases below, from 2 to 4, and a little for the sum before. */
const LAST_PLACE = 1.02 * 2 ** -23;

/** Layers of generators, and the first of a period's discriminator; of more than one block. */
const LAYERS: readonly ConvolutionCase[] = [
  ...[8, 16, 32].flatMap((channels) =>
    [3, 7, 11].flatMap((kernelSize) =>
      [1, 5].map((dilation) => layer({ inChannels: channels, kernelSize, dilation })),
    ),
  ),
  layer({ inChannels: 8, outChannels: 1, kernelSize: 7 }),
  layer({ inChannels: 1, outChannels: 32, kernelSize: 5, stride: 3 }),
];

function layer({
  inChannels,
  outChannels = inChannels,
  kernelSize,
  dilation = 1,
  stride = 1,
}: Pick<ConvolutionCase, 'inChannels' | 'kernelSize'> & Partial<ConvolutionCase>): ConvolutionCase {
  const pad = ((kernelSize - 1) * dilation) / 2;
  const signal = { batch: 2, time: 300, padLeft: pad, padRight: pad };
  return { ...signal, inChannels, outChannels, kernelSize, stride, dilation, groups: 1 };
}

let chosen: ConvolutionWay | undefined;
beforeAll(async () => {
  tf.enableProdMode();
  const { name } = await registerWasmBackend({
    threads: 2,
    chooseWay: (question) => chosen ?? tapByTap(question),
  });
  await tf.setBackend(name);
});
afterAll(() => tf.removeBackend(BACKEND_NAME));

describe.each(LAYERS.map((c) => [nameOf(c), c] as const))('%s', (_, c) => {
  const { batch, time: steps, kernelSize: kernel } = c;
  const x = uniform(batch * steps * c.inChannels, 1);
  const filter = uniform(kernel * c.inChannels * c.outChannels, 2);
  const exact = naiveConv(c, x, filter);
  const ways = possibleWays({ ...c, operation: 'convolution', kernel, batch, steps });

  it.each(ways)('$passes × $scheme lies as near to float64 as it can', (way) => {
    const found = computed(c, way, x, filter);
    const off = rootMeanSquare(found.map((value, i) => value - exact[i]!)) / rootMeanSquare(exact);
    expect(off).toBeLessThanOrEqual(roundingOf(way, c));
  });

  it.each(ways)('$passes × $scheme adds the bias last: sums are not rounded at its size', (way) => {
    // A power of two, which rounds nothing.
    const small = 2 ** -Math.ceil(Math.log2(128 * kernel * c.inChannels));
    const bias = uniform(c.outChannels, 3).map((value) => 3 + 0.9 * value);
    const found = computed(
      c,
      way,
      x.map((value) => value * small),
      filter,
      bias,
    );
    let worst = 0;
    found.forEach((value, i) => {
      worst = Math.max(worst, Math.abs(value - exact[i]! * small - bias[i % c.outChannels]!));
    });
    expect(worst).toBeLessThanOrEqual(LAST_PLACE);
  });
});

function nameOf({ inChannels, outChannels, kernelSize, dilation, stride }: ConvolutionCase) {
  return `${inChannels} to ${outChannels} channels, k${kernelSize} d${dilation} s${stride}`;
}

function computed(
  c: ConvolutionCase,
  way: ConvolutionWay,
  x: Float32Array,
  filter: Float32Array,
  bias?: Float32Array,
): Float32Array {
  chosen = way;
  const inputs: tf.NamedTensorMap = {
    x: tf.tensor(x, [c.batch, c.time, c.inChannels]),
    filter: tf.tensor(filter, [c.kernelSize, c.inChannels, c.outChannels]),
    ...(bias && { bias: tf.tensor1d(bias) }),
  };
  const attributes: Conv1dAttributes = {
    ...c,
    ...{ preActivationSlope: 1, activation: 'linear', activationSlope: 1 },
  };
  const y: tf.Tensor = tf.engine().runKernel(CONV1D, inputs, { ...attributes });
  const values = y.dataSync() as Float32Array;
  tf.dispose([y, ...Object.values(inputs)]);
  return values;
}

function rootMeanSquare(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum / values.length);
}
