import { expectClose, leaky, naiveConv, uniform } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { CONV1D, CONV1D_BACKPROP_FILTER, conv1d, conv1dTranspose } from './index.js';
import { onBackends } from './testing/backends.js';
import { expectGradients } from './testing/finite-differences.js';

const CASE = {
  batch: 2,
  time: 6,
  inChannels: 2,
  outChannels: 4,
  kernelSize: 3,
  stride: 2,
  dilation: 1,
  groups: 2,
  padLeft: 2,
  padRight: 1,
};
const OPTIONS = { stride: 2, groups: 2, padding: [2, 1] } as const;
const SHAPES = [[2, 6, 2], [3, 1, 4], [4], [2, 4, 4]].map((shape) => ({ shape }));

onBackends(() => {
  describe('conv1d with all that can be fused', () => {
    for (const activation of ['linear', 'leakyRelu', 'tanh'] as const) {
      const fused = (x: tf.Tensor, filter: tf.Tensor, bias: tf.Tensor, residual: tf.Tensor) =>
        conv1d(x, filter, {
          ...OPTIONS,
          bias,
          residual,
          preActivation: 0.3,
          activation,
          activationSlope: 0.2,
        });

      it(`${activation}: equals its parts`, () => {
        const [x, w, b, r] = SHAPES.map(({ shape }, i) =>
          uniform(
            shape.reduce((n, m) => n * m),
            i + 1,
          ),
        );
        const end = { linear: (v: number) => v, leakyRelu: leaky(0.2), tanh: Math.tanh }[
          activation
        ];
        const expected = naiveConv(CASE, x.map(leaky(0.3)), w).map((value, i) =>
          end(value + b[i % 4] + r[i]),
        );
        const found = tf.tidy(() =>
          fused(
            tf.tensor(x, [2, 6, 2]),
            tf.tensor(w, [3, 1, 4]),
            tf.tensor(b),
            tf.tensor(r, [2, 4, 4]),
          ).dataSync(),
        );
        expectClose(found, expected, { relative: 2e-6 });
      });

      it(`${activation}: gradients against finite differences`, () => {
        const held = tf.memory().numTensors;
        // A small step: sums may lie near the kink of the activation.
        expectGradients(fused, SHAPES, { step: 1e-3, relative: 5e-3 });
        expect(tf.memory().numTensors).toBe(held);
      });
    }

    it('takes its input as residual too', () => {
      const f = (x: tf.Tensor, filter: tf.Tensor) =>
        conv1d(x, filter, { padding: 'same', dilation: 2, preActivation: 0.1, residual: x });
      expectGradients(f, [{ shape: [1, 5, 2] }, { shape: [3, 2, 2] }]);
    });
  });

  it('conv1dTranspose: gradients against finite differences', () => {
    const f = (x: tf.Tensor, filter: tf.Tensor, bias: tf.Tensor) =>
      conv1dTranspose(x, filter, {
        stride: 3,
        padding: [1, 2],
        outputPadding: 1,
        preActivation: 0.2,
        bias,
      });
    expectGradients(f, [{ shape: [2, 3, 2] }, { shape: [5, 3, 2] }, { shape: [3] }]);
  });

  it('computes only the gradients that are asked for', () => {
    const kernels = (inputs: (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => tf.Tensor[]) => {
      const x = tf.ones([1, 8, 2]);
      const w = tf.ones([3, 2, 2]);
      const b = tf.ones([2]);
      const asked = inputs(x, w, b);
      const names: string[] = [];
      const unwatched = tf.engine().runKernel;
      tf.engine().runKernel = (name, ...rest) => {
        names.push(name);
        return unwatched.call(tf.engine(), name, ...rest) as never;
      };
      try {
        tf.tidy(() => {
          tf.engine().gradients(() => tf.sum(conv1d(x, w, { bias: b })), asked);
        });
      } finally {
        tf.engine().runKernel = unwatched;
      }
      tf.dispose([x, w, b]);
      return names;
    };
    // Only the gradient to the input convolves once more; that to the filter is one kernel, or of the composites the
    // one that is a matrix product.
    const has = (kernel: string) => tf.getKernel(kernel, tf.getBackend()) !== undefined;
    const convolution = has(CONV1D) ? /^HifiganConv1d(Transpose)?$/ : /Conv2D$/;
    const toFilters = has(CONV1D_BACKPROP_FILTER) ? CONV1D_BACKPROP_FILTER : 'BatchMatMul';
    const convolutions = (names: readonly string[]) =>
      names.filter((name) => convolution.test(name));
    const toX = kernels((x) => [x]);
    expect(convolutions(toX)).toHaveLength(2);
    expect(toX).not.toContain(toFilters);
    const toFilter = kernels((_, w) => [w]);
    expect(convolutions(toFilter)).toHaveLength(1);
    expect(toFilter).toContain(toFilters);
    const toBias = kernels((_, __, b) => [b]);
    expect(convolutions(toBias)).toHaveLength(1);
    expect(toBias).not.toContain(toFilters);
  });

  describe('refuses what does not fit', () => {
    const x = () => tf.zeros([1, 8, 4]);
    const w = () => tf.zeros([3, 4, 6]);
    for (const [what, call, message] of [
      ['channels', () => conv1d(x(), tf.zeros([3, 3, 6])), /x must have 3 channels.*has 4/],
      ['axes', () => conv1d(tf.zeros([8, 4]), w()), /x must be \[batch, time, channels\]/],
      ['a fraction', () => conv1d(x(), w(), { stride: 1.5 }), /stride=1.5 must be a whole number/],
      ['negative padding', () => conv1d(x(), w(), { padding: -1 }), /padding=-1 must be/],
      ['a slope', () => conv1d(x(), w(), { preActivation: 0 }), /preActivation=0 must be/],
      ['a long kernel', () => conv1d(x(), w(), { dilation: 4 }), /time=8 must be longer/],
      ['a bias', () => conv1d(x(), w(), { bias: tf.zeros([4]) }), /bias must have the shape \[6\]/],
      [
        'a residual',
        () => conv1d(x(), w(), { residual: tf.zeros([1, 8, 6]) }),
        /residual must have the shape \[1,6,6\]/,
      ],
      [
        'groups',
        () => conv1d(x(), tf.zeros([3, 1, 6]), { groups: 4 }),
        /groups=4 must divide the filter's 6 channels/,
      ],
      [
        'output padding',
        () => conv1dTranspose(x(), tf.zeros([3, 2, 4]), { stride: 2, outputPadding: 2 }),
        /outputPadding=2 must be a whole number below the stride 2/,
      ],
      [
        'nothing left',
        () => conv1dTranspose(x(), tf.zeros([3, 2, 4]), { padding: 5 }),
        /padding must be smaller, because it leaves 0 samples/,
      ],
    ] as const) {
      it(what, () => {
        expect(() => tf.tidy(() => call())).toThrow(message);
      });
    }
  });
});
