/** Definitions of the convolutions, in float64 and in loops: the oracle of the tests. */

/** A convolution along time, `[batch, time, channels]`. */
export interface ConvolutionCase {
  readonly batch: number;
  readonly time: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly dilation: number;
  readonly groups: number;
  readonly padLeft: number;
  readonly padRight: number;
}

export function outTimeOf(c: ConvolutionCase): number {
  const room = c.time + c.padLeft + c.padRight - (c.kernelSize - 1) * c.dilation - 1;
  return Math.floor(room / c.stride) + 1;
}

/** Each triple of places that a product of input, weight and output connects. */
function visit(c: ConvolutionCase, see: (x: number, w: number, y: number) => void): void {
  const outTime = outTimeOf(c);
  const inGroup = c.inChannels / c.groups;
  const outGroup = c.outChannels / c.groups;
  for (let b = 0; b < c.batch; b++) {
    for (let t = 0; t < outTime; t++) {
      for (let k = 0; k < c.kernelSize; k++) {
        const from = t * c.stride + k * c.dilation - c.padLeft;
        if (from < 0 || from >= c.time) continue;
        for (let i = 0; i < inGroup; i++) {
          for (let o = 0; o < c.outChannels; o++) {
            const channel = Math.floor(o / outGroup) * inGroup + i;
            see(
              (b * c.time + from) * c.inChannels + channel,
              (k * inGroup + i) * c.outChannels + o,
              (b * outTime + t) * c.outChannels + o,
            );
          }
        }
      }
    }
  }
}

type Values = ArrayLike<number>;

export function naiveConv(c: ConvolutionCase, x: Values, w: Values): Float64Array {
  const y = new Float64Array(c.batch * outTimeOf(c) * c.outChannels);
  visit(c, (i, j, k) => {
    y[k] += x[i] * w[j];
  });
  return y;
}

/** The transpose: from what the convolution makes to what it reads. */
export function naiveTranspose(c: ConvolutionCase, y: Values, w: Values): Float64Array {
  const x = new Float64Array(c.batch * c.time * c.inChannels);
  visit(c, (i, j, k) => {
    x[i] += y[k] * w[j];
  });
  return x;
}

export function naiveFilter(c: ConvolutionCase, x: Values, y: Values): Float64Array {
  const w = new Float64Array((c.kernelSize * c.inChannels * c.outChannels) / c.groups);
  visit(c, (i, j, k) => {
    w[j] += x[i] * y[k];
  });
  return w;
}

export const leaky = (slope: number) => (value: number) => (value > 0 ? value : slope * value);
