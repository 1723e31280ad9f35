import { CHANNEL_SUM } from '@hifigan/ops';
import { expectClose } from '@hifigan/testkit';
import { expect, it } from 'vitest';
import type { Suite } from './suite.js';
import { channelsOf, random } from './values.js';

export const channelSumSuite: Suite = ({ run, bounds }) => {
  it.each([[[5]], [[300, 7]], [[40, 1]], [[3, 41, 64]], [[2, 3, 4, 5]]])('%j', async (shape) => {
    const x = random(shape, 1);
    const channels = channelsOf(x);
    const reference = new Float64Array(channels);
    x.values.forEach((value, i) => {
      reference[i % channels]! += value;
    });
    const [found] = await run(CHANNEL_SUM, { x }, {});
    expect(found!.shape).toEqual([channels]);
    expectClose(found!.values, reference, { relative: bounds.channelSum });
  });
};
