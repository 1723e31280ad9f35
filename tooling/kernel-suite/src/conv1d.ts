import { CONV1D, type Conv1dAttributes } from '@hifigan/ops';
import { expectClose, leaky, naiveConv } from '@hifigan/testkit';
import { expect, it } from 'vitest';
import { CASES } from './cases.js';
import type { Suite } from './suite.js';
import { arraysOf, random } from './values.js';

const plain = { preActivationSlope: 1, activation: 'linear', activationSlope: 1 } as const;

export const conv1dSuite: Suite = ({ run, bounds }) => {
  for (const [name, c] of Object.entries(CASES)) {
    it(name, async () => {
      const { x, filter, dy } = arraysOf(c);
      const attributes: Conv1dAttributes = { ...c, ...plain };
      const [y] = await run(CONV1D, { x, filter }, attributes);
      expect(y!.shape).toEqual(dy.shape);
      const reference = naiveConv(c, x.values, filter.values);
      expectClose(y!.values, reference, { relative: bounds.convolution });
    });
  }

  for (const activation of ['linear', 'leakyRelu', 'tanh'] as const) {
    for (const name of [
      'same',
      'strided',
      'few channels a group, dilated',
      'large filter, few positions',
    ]) {
      it(`with leaky ReLU before, bias, residual, ${activation}: ${name}`, async () => {
        const c = CASES[name]!;
        const { x, filter, dy } = arraysOf(c);
        const bias = random([c.outChannels], 4);
        const residual = random(dy.shape, 5);
        const end = { linear: (v: number) => v, leakyRelu: leaky(0.2), tanh: Math.tanh };
        const reference = naiveConv(c, x.values.map(leaky(0.1)), filter.values).map((value, i) =>
          end[activation](value + bias.values[i % c.outChannels]! + residual.values[i]!),
        );
        const attributes = { ...c, preActivationSlope: 0.1, activation, activationSlope: 0.2 };
        const [found] = await run(CONV1D, { x, filter, bias, residual }, attributes);
        expectClose(found!.values, reference, {
          relative: activation === 'tanh' ? bounds.tanh : bounds.convolution,
        });
      });
    }
  }

  for (const activation of ['linear', 'leakyRelu', 'tanh'] as const) {
    // A network that has diverged must not sound like one that has not.
    for (const name of [
      'same',
      'strided',
      'few channels a group, dilated',
      'large filter, few positions',
    ]) {
      it(`hands on NaN, ${activation}: ${name}`, async () => {
        const c = CASES[name]!;
        const { x, filter, dy } = arraysOf(c);
        x.values[Math.floor(x.values.length / 2)] = Number.NaN;
        const bias = random([c.outChannels], 4);
        bias.values[1] = Number.NaN;
        const residual = random(dy.shape, 5);
        residual.values[0] = Number.NaN;
        const reference = naiveConv(c, x.values, filter.values).map(
          (value, i) => value + bias.values[i % c.outChannels]! + residual.values[i]!,
        );
        const attributes = { ...c, preActivationSlope: 0.1, activation, activationSlope: 0.2 };
        const [found] = await run(CONV1D, { x, filter, bias, residual }, attributes);
        const nans = (values: ArrayLike<number>) =>
          Array.from(values, Number.isNaN).flatMap((is, i) => (is ? [i] : []));
        const expected = nans(reference);
        expect(expected.length).toBeGreaterThan(reference.length / c.outChannels);
        expect(nans(found!.values)).toEqual(expected);
      });
    }
  }

  it('with slopes above 1 before and after', async () => {
    const c = CASES.same!;
    const { x, filter } = arraysOf(c);
    const reference = naiveConv(c, x.values.map(leaky(1.5)), filter.values).map(leaky(2));
    const attributes: Conv1dAttributes = {
      ...c,
      preActivationSlope: 1.5,
      activation: 'leakyRelu',
      activationSlope: 2,
    };
    const [found] = await run(CONV1D, { x, filter }, attributes);
    expectClose(found!.values, reference, { relative: bounds.convolution });
  });

  it('with a bias alone, with a residual alone', async () => {
    const c = CASES.dilated!;
    const { x, filter, dy } = arraysOf(c);
    const sums = naiveConv(c, x.values, filter.values);
    const bias = random([c.outChannels], 4);
    const residual = random(dy.shape, 5);
    const attributes = { ...c, ...plain };
    const [biased] = await run(CONV1D, { x, filter, bias }, attributes);
    expectClose(
      biased!.values,
      sums.map((value, i) => value + bias.values[i % c.outChannels]!),
      { relative: bounds.convolution },
    );
    const [added] = await run(CONV1D, { x, filter, residual }, attributes);
    expectClose(
      added!.values,
      sums.map((value, i) => value + residual.values[i]!),
      { relative: bounds.convolution },
    );
  });
};
