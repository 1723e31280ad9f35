import type { NetworkWork } from '@hifigan/models';
import { parametersOf, partsOf, type StepShape, type StepWork, sumOf } from './step-work.js';

/** What a training holds on its backend where it holds most, in bytes. */
export interface StepMemory {
  /** Of all networks. */
  readonly weights: number;
  /** The optimizers' two moments. */
  readonly optimizer: number;
  readonly gradients: number;
  /** Filters with their norm applied, and what the backend lays out of them; the matrices of the losses' spectra. */
  readonly filters: number;
  /** What layers keep for their gradients, and what passes between them. */
  readonly activations: number;
  /** The averaged weights of the generator. */
  readonly average: number;
  readonly total: number;
}

export interface StepMemoryOptions extends StepShape {
  /**
   * Values that the backend keeps beside each of a filter, laid out for one direction; forward and back are two.
   * Default 0.
   */
  readonly filterCopies?: number;
  /** Whether averaged weights are kept beside the generator's. Default: no. */
  readonly average?: boolean;
  /** The generator's work on the longest stretch that a validation makes at a time; default: nothing is validated. */
  readonly validation?: NetworkWork;
}

/** What one moment of a training holds besides weights and optimizers' moments, in values. */
interface Moment {
  readonly gradients: number;
  readonly filters: number;
  readonly activations: number;
}

/**
 * An estimate from shapes alone. How near it is to measured peaks of the WebAssembly backend (V1 to V3, 1 to 8 clips of
 * 8,192 samples, whole and in parts, with the discriminators and without) is in `step-memory.test.ts`: 15% off at most.
 *
 * The step's order decides what is there at once: the generator's tape waits, where the batch is whole, while each
 * discriminator takes its step and then judges for the generator, one after the other; then the tape goes back.
 */
export function stepMemory(work: StepWork, options: StepMemoryOptions): StepMemory {
  const { adversarial, filterCopies: copies = 0, average = false, validation } = options;
  const { generator, msd, mpd, logMel } = work;
  const networks = [generator, ...(adversarial ? [...msd, ...mpd] : [])];
  const parameters = parametersOf(networks);
  const moments = [
    ...generatorMoments(work, options),
    ...(adversarial ? discriminatorMoments(work, options) : []),
    ...(validation ? [validationMoment(validation, copies)] : []),
  ];
  const most = moments.reduce((a, b) => (valuesOf(b) > valuesOf(a) ? b : a));
  const matrix = logMel.weights * (1 + 2 * copies);
  const averaged = average ? parametersOf([generator]) : 0;
  const bytes = (values: number) => 4 * values;
  return {
    weights: bytes(parameters),
    optimizer: bytes(2 * parameters),
    gradients: bytes(most.gradients),
    filters: bytes(most.filters + matrix),
    activations: bytes(most.activations),
    average: bytes(averaged),
    total: bytes(3 * parameters + averaged + valuesOf(most) + matrix),
  };
}

/** The generator's tape before it goes back, and all that it takes with it. */
function generatorTape({ generator }: StepWork, options: StepMemoryOptions): Moment {
  const { clips, atATime = clips, filterCopies: copies = 0 } = options;
  return {
    // In parts, the sum of those before.
    gradients: partsOf(options) > 1 ? parametersOf([generator]) : 0,
    filters: weightsOf([generator]) * (1 + copies),
    activations: atATime * tapeValues(generator),
  };
}

function generatorMoments(work: StepWork, options: StepMemoryOptions): Moment[] {
  const { generator } = work;
  const { clips, atATime = clips } = options;
  const tape = generatorTape(work, options);
  return [
    // Back through the last stage: the gradients of its three branches, of their sum, and what they are added up of.
    { ...tape, activations: tape.activations + atATime * 10 * largest(generator) },
    // Back through the first, which has most of the weights.
    { ...tape, gradients: tape.gradients + parametersOf([generator]) },
  ];
}

/** In the order of the step, which keeps the gradients of the first while the second finds its own. */
function discriminatorMoments(work: StepWork, options: StepMemoryOptions): Moment[] {
  const { clips, atATime = clips, filterCopies: copies = 0 } = options;
  const inParts = partsOf(options) > 1;
  const none: Moment = { gradients: 0, filters: 0, activations: 0 };
  const waiting = inParts ? none : generatorTape(work, options);
  return [work.msd, work.mpd].flatMap((network, index) => {
    const before = index === 0 ? 0 : parametersOf(work.msd);
    const own = parametersOf(network);
    const filters = weightsOf(network);
    // All of them forward; and the last part of the network laid out for the way back.
    const laidOut = filters * (1 + copies + copies / network.length);
    const maps = atATime * sumOf(network, outputsOf);
    return [
      // Its step on both signals: where it turns; and half back, where gradients take the place of filters.
      { gradients: before + (inParts ? own : 0), filters: laidOut, activations: 2 * maps },
      { gradients: before + own * (inParts ? 2 : 1), filters, activations: maps },
      // The generator's losses: maps of the recording, of the generated clip, and their differences.
      { gradients: 0, filters: laidOut, activations: 3 * maps },
    ].map((moment) => plus(waiting, moment));
  });
}

/** Forward alone: what passes between the layers of the last stages, a few signals at a time, and all filters. */
function validationMoment(generator: NetworkWork, copies: number): Moment {
  return {
    gradients: 0,
    filters: weightsOf([generator]) * (1 + copies),
    activations: 5 * largest(generator),
  };
}

/** What the generator's gradients need of one clip. */
function tapeValues({ layers }: NetworkWork): number {
  return sumOf(layers, ({ name, outTime, outChannels }) => {
    const size = outTime * outChannels;
    // Of each stage also the sum of its blocks and its mean; of each block the last layer's output is in the sum.
    if (name.startsWith('ups.')) return 3 * size;
    return isLast(name, layers) ? 0 : size;
  });
}

/** Whether it is the last layer of its residual block. */
function isLast(name: string, layers: NetworkWork['layers']): boolean {
  const [kind, block, list, index] = name.split('.');
  if (kind !== 'resblocks' || list === 'convs1') return false;
  return !layers.some((layer) => layer.name === `${kind}.${block}.${list}.${Number(index) + 1}`);
}

function outputsOf({ layers }: NetworkWork): number {
  return sumOf(layers, ({ signals, outTime, outChannels }) => signals * outTime * outChannels);
}

function largest({ layers }: NetworkWork): number {
  return Math.max(...layers.map(({ outTime, outChannels }) => outTime * outChannels));
}

function weightsOf(networks: readonly NetworkWork[]): number {
  return sumOf(networks, ({ layers }) => sumOf(layers, ({ weights }) => weights));
}

function plus(a: Moment, b: Moment): Moment {
  return {
    gradients: a.gradients + b.gradients,
    filters: a.filters + b.filters,
    activations: a.activations + b.activations,
  };
}

function valuesOf({ gradients, filters, activations }: Moment): number {
  return gradients + filters + activations;
}
