import { CONV1D_TRANSPOSE, type Conv1dTransposeAttributes } from '@hifigan/ops';
import { expectClose, leaky, naiveTranspose } from '@hifigan/testkit';
import { expect, it } from 'vitest';
import { CASES } from './cases.js';
import type { Suite } from './suite.js';
import { arraysOf, random } from './values.js';

export const conv1dTransposeSuite: Suite = ({ run, bounds }) => {
  // Also the gradient of a convolution to its input.
  for (const [name, c] of Object.entries(CASES)) {
    it(name, async () => {
      const { x, filter, dy } = arraysOf(c);
      const attributes: Conv1dTransposeAttributes = {
        ...c,
        preActivationSlope: 1,
        outputLength: c.time,
      };
      const [dx] = await run(CONV1D_TRANSPOSE, { x: dy, filter }, attributes);
      expect(dx!.shape).toEqual(x.shape);
      const reference = naiveTranspose(c, dy.values, filter.values);
      expectClose(dx!.values, reference, { relative: bounds.convolution });
    });
  }

  for (const name of [
    'upsampling',
    'odd upsampling, uneven padding',
    'same',
    'few channels a group, strided',
  ]) {
    it(`with leaky ReLU before and bias: ${name}`, async () => {
      const c = CASES[name]!;
      const { filter, dy } = arraysOf(c);
      const bias = random([c.inChannels], 4);
      const reference = naiveTranspose(c, dy.values.map(leaky(0.1)), filter.values).map(
        (value, i) => value + bias.values[i % c.inChannels]!,
      );
      const attributes = { ...c, preActivationSlope: 0.1, outputLength: c.time };
      const [found] = await run(CONV1D_TRANSPOSE, { x: dy, filter, bias }, attributes);
      expectClose(found!.values, reference, { relative: bounds.convolution });
    });
  }

  it('with a slope above 1 before', async () => {
    const c = CASES.upsampling!;
    const { filter, dy } = arraysOf(c);
    const reference = naiveTranspose(c, dy.values.map(leaky(1.5)), filter.values);
    const attributes = { ...c, preActivationSlope: 1.5, outputLength: c.time };
    const [found] = await run(CONV1D_TRANSPOSE, { x: dy, filter }, attributes);
    expectClose(found!.values, reference, { relative: bounds.convolution });
  });
};
