import { CONV1D_BACKPROP_FILTER, type Conv1dBackpropFilterAttributes } from '@hifigan/ops';
import { expectClose, leaky, naiveFilter } from '@hifigan/testkit';
import { expect, it } from 'vitest';
import { CASES } from './cases.js';
import type { Suite } from './suite.js';
import { arraysOf } from './values.js';

export const conv1dBackpropFilterSuite: Suite = ({ run, bounds }) => {
  for (const [name, c] of Object.entries(CASES)) {
    it(name, async () => {
      const { x, filter, dy } = arraysOf(c);
      const attributes: Conv1dBackpropFilterAttributes = { ...c, preActivationSlope: 1 };
      const [dFilter] = await run(CONV1D_BACKPROP_FILTER, { x, dy }, attributes);
      expect(dFilter!.shape).toEqual(filter.shape);
      const reference = naiveFilter(c, x.values, dy.values);
      expectClose(dFilter!.values, reference, { relative: bounds.convolution });
    });
  }

  for (const name of ['same', 'grouped, strided', 'few channels a group, dilated']) {
    it(`with leaky ReLU before: ${name}`, async () => {
      const c = CASES[name]!;
      const { x, dy } = arraysOf(c);
      const reference = naiveFilter(c, x.values.map(leaky(0.1)), dy.values);
      const attributes = { ...c, preActivationSlope: 0.1 };
      const [found] = await run(CONV1D_BACKPROP_FILTER, { x, dy }, attributes);
      expectClose(found!.values, reference, { relative: bounds.convolution });
    });
  }
};
