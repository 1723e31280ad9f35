import { MEASURED } from './measured-ways.js';
import { MOST_TAPS, type Scheme, winogradScheme } from './schemes.js';

/** A convolution, or the gradient of one with respect to its filter, of which the way is asked. */
export interface ConvolutionQuestion {
  readonly operation: 'convolution' | 'filterGradient';
  /** Taps of the filter; of one phase, where there are several. */
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly groups: number;
  /** Of a group. */
  readonly inChannels: number;
  /** Of a group, all phases. */
  readonly outChannels: number;
  readonly batch: number;
  /** Of output, of an item of the batch. */
  readonly steps: number;
}

/** How a convolution is computed; see `ConvolutionJob` in `assembly/convolution-job.ts`. */
export interface ConvolutionWay {
  readonly scheme: Scheme;
  /** Of a pass. */
  readonly taps: number;
  readonly passes: number;
  readonly parts: number;
}

export type ChooseWay = (question: ConvolutionQuestion) => ConvolutionWay;

/** Below, channels filled up to four would be mostly zeros, and strides would multiply them. */
const FEWEST_CHANNELS = 4;
/** Of a pass, where there are several: with fewer, a pass costs more than it saves. */
const FEWEST_TAPS = 3;

/** The plain sum of products, which is always possible. */
export function tapByTap({ kernel }: Pick<ConvolutionQuestion, 'kernel'>): ConvolutionWay {
  return { scheme: 'direct', taps: kernel, passes: 1, parts: 1 };
}

/**
 * All ways that are worth measuring, that of fewest products first. A stride is taken away by taking the signal's
 * interleaved parts for channels: of a kernel of 41 and stride 4 remain 11 taps, which one pass does.
 */
export function possibleWays(question: ConvolutionQuestion): ConvolutionWay[] {
  const { kernel, stride, dilation, inChannels } = question;
  const taps = Math.ceil(kernel / stride);
  const plain = tapByTap(question);
  if (taps === 1 || (stride > 1 && dilation > 1) || inChannels < FEWEST_CHANNELS) return [plain];
  const ways: ConvolutionWay[] = [];
  const fewest = Math.ceil(taps / MOST_TAPS);
  const most = Math.ceil(taps / FEWEST_TAPS);
  for (let passes = fewest; passes <= most; passes++) {
    const ofPass = Math.ceil(taps / passes);
    // More passes of as many taps would have nothing to do in the last.
    if (ofPass * (passes - 1) >= taps) continue;
    ways.push({ scheme: winogradScheme(ofPass), taps: ofPass, passes, parts: stride });
  }
  return [...ways, plain];
}

/**
 * The steps by which a way is chosen. Of a convolution those of one item: what becomes of a clip may not depend, to
 * the last bit, on how many are with it, or parts of a batch would not learn as the whole does. A filter's gradient
 * is a sum over the batch anyway.
 */
export function decidingSteps({ operation, batch, steps }: ConvolutionQuestion): number {
  return operation === 'convolution' ? steps : batch * steps;
}

/** The fastest way that is known: as measured for the nearest number of steps, else that of fewest products. */
export function chooseWay(question: ConvolutionQuestion): ConvolutionWay {
  const ways = possibleWays(question);
  const measured = MEASURED[layerKey(question)];
  if (!measured) return ways[0];
  const steps = decidingSteps(question);
  const distance = (at: number) => Math.abs(Math.log(at / steps));
  const [, passes] = measured.reduce((best, entry) =>
    distance(entry[0]) < distance(best[0]) ? entry : best,
  );
  return ways.find((way) => passesOf(way) === passes) ?? ways[0];
}

/** What `MEASURED` calls a layer. */
export function layerKey(question: ConvolutionQuestion): string {
  const { operation, kernel, stride, dilation, groups, inChannels, outChannels } = question;
  const layer = `k${kernel} s${stride} d${dilation} g${groups} ${inChannels}>${outChannels}`;
  return operation === 'convolution' ? layer : `gradient ${layer}`;
}

/** What `MEASURED` calls a way: its passes, and 0 for the plain sum of products. */
export function passesOf({ scheme, passes }: ConvolutionWay): number {
  return scheme === 'direct' ? 0 : passes;
}
