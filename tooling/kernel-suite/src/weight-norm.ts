import { WEIGHT_NORM, WEIGHT_NORM_GRADIENT } from '@hifigan/ops';
import { expectClose } from '@hifigan/testkit';
import { expect, it } from 'vitest';
import type { Suite } from './suite.js';
import { channelsOf, random, type Values } from './values.js';

// Few and many values for a thread, and one channel.
const SHAPES = [[[2, 3, 5]], [[5, 1024, 129]], [[3, 700, 1]]];

export const weightNormSuite: Suite = ({ run, bounds }) => {
  it.each(SHAPES)('%j', async (shape) => {
    const v = random(shape, 1);
    const channels = channelsOf(v);
    const g = random([channels], 3);
    const inverse = inverseNorms(v);
    const reference = Float64Array.from(v.values, (value, i) => {
      const c = i % channels;
      return value * g.values[c]! * inverse[c]!;
    });
    const [w, foundInverse] = await run(WEIGHT_NORM, { v, g }, {});
    expect([w!.shape, foundInverse!.shape]).toEqual([shape, [channels]]);
    expectClose(w!.values, reference, { relative: bounds.weightNorm }, 'w');
    expectClose(foundInverse!.values, inverse, { relative: bounds.weightNorm }, 'inverse');
  });
};

export const weightNormGradientSuite: Suite = ({ run, bounds }) => {
  it.each(SHAPES)('%j', async (shape) => {
    const v = random(shape, 1);
    const dw = random(shape, 2);
    const channels = channelsOf(v);
    const g = random([channels], 3);
    const inverse = inverseNorms(v);
    const products = new Float64Array(channels);
    v.values.forEach((value, i) => {
      products[i % channels]! += value * dw.values[i]!;
    });
    const dg = products.map((product, c) => product * inverse[c]!);
    const dv = Float64Array.from(v.values, (value, i) => {
      const c = i % channels;
      const scale = g.values[c]! * inverse[c]!;
      return dw.values[i]! * scale - value * scale * dg[c]! * inverse[c]!;
    });
    const given = { shape: [channels], values: Float32Array.from(inverse) };
    const [foundDv, foundDg] = await run(WEIGHT_NORM_GRADIENT, { dw, v, g, inverse: given }, {});
    expect([foundDv!.shape, foundDg!.shape]).toEqual([shape, [channels]]);
    expectClose(foundDv!.values, dv, { relative: bounds.weightNorm }, 'dv');
    expectClose(foundDg!.values, dg, { relative: bounds.weightNorm }, 'dg');
  });
};

/** One over the norm of each channel. */
function inverseNorms(v: Values): Float64Array {
  const channels = channelsOf(v);
  const squares = new Float64Array(channels);
  v.values.forEach((value, i) => {
    squares[i % channels]! += value * value;
  });
  return squares.map((square) => 1 / Math.sqrt(square));
}
