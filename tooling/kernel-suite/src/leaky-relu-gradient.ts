import { LEAKY_RELU_GRADIENT } from '@hifigan/ops';
import { expectClose } from '@hifigan/testkit';
import { it } from 'vitest';
import type { Suite } from './suite.js';
import { random } from './values.js';

export const leakyReluGradientSuite: Suite = ({ run, bounds }) => {
  // At 0 it is the slope.
  it.each([[[1]], [[67]], [[3, 4, 5]]])('%j', async (shape) => {
    const x = random(shape, 1);
    const dy = random(shape, 2);
    x.values[Math.min(7, x.values.length - 1)] = 0;
    const reference = dy.values.map((value, i) => (x.values[i]! > 0 ? value : 0.1 * value));
    const [found] = await run(LEAKY_RELU_GRADIENT, { dy, x }, { slope: 0.1 });
    expectClose(found!.values, reference, { relative: bounds.leakyRelu });
  });
};
