import type { HifiGanConfig } from '@hifigan/config';

/** What a node's result is called, and how large it is: `[batch, frames × rate, channels]`. */
interface Signal {
  /** Readable, and unique in its graph: `resblocks.3.convs1.2`, by upstream's names for what has weights. */
  readonly name: string;
  readonly channels: number;
  /** Samples of the signal a frame of mel. */
  readonly rate: number;
}

interface Weighted extends Signal {
  readonly input: string;
  /** Our layout: time first, `[kernel, in, out]`, of a transposed convolution `[kernel, out, in]`. */
  readonly filter: { readonly shape: readonly number[]; readonly data: Float32Array };
  readonly bias: Float32Array;
}

/**
 * Each channel less its mean, divided by its deviation: mels as a generator that was trained on normalised ones takes
 * them.
 */
export interface Normalise extends Signal {
  readonly op: 'normalise';
  readonly input: string;
  readonly mean: Float32Array;
  readonly scale: Float32Array;
}

/** As long as its input: zeros stand before and after, the same number. */
export interface Conv1d extends Weighted {
  readonly op: 'conv1d';
  readonly dilation: number;
}

/** `stride` times as long as its input: of the full result, `cropped` samples are left out before and after. */
export interface ConvTranspose1d extends Weighted {
  readonly op: 'convTranspose1d';
  readonly stride: number;
  readonly cropped: readonly [before: number, after: number];
}

export interface LeakyRelu extends Signal {
  readonly op: 'leakyRelu';
  readonly input: string;
  readonly slope: number;
}

/** The sum of two or more. */
export interface Add extends Signal {
  readonly op: 'add';
  readonly inputs: readonly string[];
}

export interface Scale extends Signal {
  readonly op: 'scale';
  readonly input: string;
  readonly factor: number;
}

export interface Tanh extends Signal {
  readonly op: 'tanh';
  readonly input: string;
}

export type GraphNode = Normalise | Conv1d | ConvTranspose1d | LeakyRelu | Add | Scale | Tanh;

/** A generator as a graph of plain operations, from which every format is written. */
export interface GeneratorGraph {
  readonly config: HifiGanConfig;
  /** The mel. */
  readonly input: Signal;
  /** Each after those that it takes; the last makes the audio, of one channel. */
  readonly nodes: readonly GraphNode[];
}

/** The names by which a file is fed and read, whatever its format. */
export const INPUT = 'mel';
export const OUTPUT = 'audio';

/** The results that a node takes. */
export function inputsOf(node: GraphNode): readonly string[] {
  return node.op === 'add' ? node.inputs : [node.input];
}
