import { MOST_TAPS, type Scheme, winogradScheme } from './schemes.js';

export interface Question {
  /** Taps of the filter; of one phase, where there are several. */
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Of a group. */
  readonly inChannels: number;
  /** Whether the plain sum of products was asked for. */
  readonly exact: boolean;
}

/** How a convolution is computed; see `ConvolutionJob` in `assembly/convolution-job.ts`. */
export interface Way {
  readonly scheme: Scheme;
  /** Of a pass. */
  readonly taps: number;
  readonly passes: number;
  readonly parts: number;
}

/** Below, channels filled up to four would be mostly zeros, and strides would multiply them. */
const FEWEST_CHANNELS = 4;

/**
 * The fastest way. A stride is taken away by taking the signal's interleaved parts for channels: of a kernel
 * of 41 and stride 4 remain 11 taps, which one pass does.
 */
export function chooseWay({ kernel, stride, dilation, inChannels, exact }: Question): Way {
  const direct: Way = { scheme: 'direct', taps: kernel, passes: 1, parts: 1 };
  const taps = Math.ceil(kernel / stride);
  const strided = stride > 1;
  if (exact || taps === 1 || (strided && dilation > 1) || inChannels < FEWEST_CHANNELS) {
    return direct;
  }
  const passes = Math.ceil(taps / MOST_TAPS);
  const ofPass = Math.ceil(taps / passes);
  return { scheme: winogradScheme(ofPass), taps: ofPass, passes, parts: stride };
}
