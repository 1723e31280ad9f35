import {
  CONVOLUTION_CASES,
  type ConvolutionCase,
  expectClose,
  leaky,
  naiveConv,
  naiveFilter,
  naiveTranspose,
  outTimeOf,
  uniform,
} from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { conv1d, conv1dTranspose } from './index.js';
import { onBackends } from './testing/backends.js';

/** Shapes and values of a case: `y` plays the gradient of the output too. */
function arraysOf(c: ConvolutionCase) {
  const xShape: [number, number, number] = [c.batch, c.time, c.inChannels];
  const wShape: [number, number, number] = [c.kernelSize, c.inChannels / c.groups, c.outChannels];
  const yShape: [number, number, number] = [c.batch, outTimeOf(c), c.outChannels];
  const size = (shape: number[]) => shape.reduce((a, b) => a * b, 1);
  return {
    xShape,
    wShape,
    yShape,
    x: uniform(size(xShape), 1),
    w: uniform(size(wShape), 2),
    y: uniform(size(yShape), 3),
    // The gradient of the transposed convolution's output has the shape of x.
    dx: uniform(size(xShape), 4),
  };
}

const sumOver = (values: ArrayLike<number>, channels: number) => {
  const sums = new Float64Array(channels);
  for (let i = 0; i < values.length; i++) sums[i % channels] += values[i];
  return sums;
};

onBackends(() => {
  for (const [name, c] of Object.entries(CONVOLUTION_CASES)) {
    it(`conv1d and its gradients: ${name}`, () => {
      const a = arraysOf(c);
      const held = tf.memory().numTensors;
      tf.tidy(() => {
        const x = tf.tensor3d(a.x, a.xShape);
        const w = tf.tensor3d(a.w, a.wShape);
        const options = { ...c, padding: [c.padLeft, c.padRight] } as const;
        const y = conv1d(x, w, options);
        expect(y.shape).toEqual(a.yShape);
        expectClose(y.dataSync(), naiveConv(c, a.x, a.w), { relative: 2e-6 }, 'output');
        const [dx, dw] = tf.grads((x, w) => conv1d(x, w, options))(
          [x, w],
          tf.tensor3d(a.y, a.yShape),
        );
        expectClose(dx.dataSync(), naiveTranspose(c, a.y, a.w), { relative: 2e-6 }, 'to x');
        expectClose(dw.dataSync(), naiveFilter(c, a.x, a.y), { relative: 2e-6 }, 'to the filter');
      });
      expect(tf.memory().numTensors).toBe(held);
    });

    const spare = c.time + c.padLeft + c.padRight - (c.kernelSize - 1) * c.dilation - 1;
    it(`conv1dTranspose and its gradients: ${name}`, () => {
      const a = arraysOf(c);
      const held = tf.memory().numTensors;
      tf.tidy(() => {
        const y = tf.tensor3d(a.y, a.yShape);
        const w = tf.tensor3d(a.w, a.wShape);
        const b = tf.tensor1d(uniform(c.inChannels, 5));
        const options = {
          ...c,
          padding: [c.padLeft, c.padRight] as const,
          outputPadding: spare % c.stride,
          preActivation: 0.2,
        };
        const active = a.y.map(leaky(0.2));
        const expected = naiveTranspose(c, active, a.w);
        const x = conv1dTranspose(y, w, { ...options, bias: b });
        expect(x.shape).toEqual(a.xShape);
        const bias = b.dataSync();
        expectClose(
          x.dataSync(),
          expected.map((value, i) => value + bias[i % c.inChannels]),
          { relative: 2e-6 },
          'output',
        );
        const [dy, dw, db] = tf.grads((y, w, bias) =>
          conv1dTranspose(y as tf.Tensor3D, w as tf.Tensor3D, { ...options, bias }),
        )([y, w, b], tf.tensor3d(a.dx, a.xShape));
        const slope = a.y.map((value) => (value > 0 ? 1 : 0.2));
        const through = naiveConv(c, a.dx, a.w).map((value, i) => value * slope[i]);
        expectClose(dy.dataSync(), through, { relative: 2e-6 }, 'to x');
        expectClose(
          dw.dataSync(),
          naiveFilter(c, a.dx, active),
          { relative: 2e-6 },
          'to the filter',
        );
        expectClose(db.dataSync(), sumOver(a.dx, c.inChannels), { relative: 2e-6 }, 'to the bias');
      });
      expect(tf.memory().numTensors).toBe(held);
    });
  }
});
