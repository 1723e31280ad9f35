import { ADAMW_UPDATE, type AdamWAttributes } from '@hifigan/ops';
import { expectClose } from '@hifigan/testkit';
import { expect, it } from 'vitest';
import type { Suite } from './suite.js';
import { random, type Values } from './values.js';

const OPTIONS = { learningRate: 0.01, beta1: 0.8, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 };

export const adamWUpdateSuite: Suite = ({ run, bounds }) => {
  it.each([[[1]], [[3, 5]], [[5, 130, 129]]])('three updates: %j', async (shape) => {
    let parameter = random(shape, 1);
    const size = parameter.values.length;
    let firstMoment: Values = { shape, values: new Float32Array(size) };
    let secondMoment = firstMoment;
    const p = Float64Array.from(parameter.values);
    const m = new Float64Array(size);
    const v = new Float64Array(size);
    for (let step = 1; step <= 3; step++) {
      const gradient = random(shape, 10 + step);
      const attributes: AdamWAttributes = { ...OPTIONS, step };
      const outputs = await run(
        ADAMW_UPDATE,
        { parameter, gradient, firstMoment, secondMoment },
        attributes,
      );
      expect(outputs.map((output) => output.shape)).toEqual([shape, shape, shape]);
      [parameter, firstMoment, secondMoment] = outputs as [Values, Values, Values];
      for (let i = 0; i < size; i++) {
        const g = gradient.values[i]!;
        m[i] = 0.8 * m[i]! + 0.2 * g;
        v[i] = 0.99 * v[i]! + 0.01 * g * g;
        const denominator = Math.sqrt(v[i]! / (1 - 0.99 ** step)) + 1e-8;
        p[i] = p[i]! * (1 - 0.01 * 0.1) - (0.01 * m[i]!) / (1 - 0.8 ** step) / denominator;
      }
    }
    expectClose(parameter.values, p, { relative: bounds.update }, 'parameter');
    expectClose(firstMoment.values, m, { relative: bounds.update }, 'first moment');
    expectClose(secondMoment.values, v, { relative: bounds.update }, 'second moment');
  });
};
