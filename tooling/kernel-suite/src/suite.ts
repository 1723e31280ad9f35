import type { Values } from './values.js';

/** Bounds on max|Δ| / max|reference| of each output. */
export interface Bounds {
  readonly convolution: number;
  /** Of a convolution with tanh: sums of 60 leave it an error of its own where it is steep. */
  readonly tanh: number;
  readonly channelSum: number;
  readonly leakyRelu: number;
  readonly weightNorm: number;
  readonly update: number;
}

/** What the tests of a kernel work with. */
export interface Kit {
  readonly bounds: Bounds;
  /** Runs a kernel of the backend under test; see `runKernel`. */
  readonly run: (
    kernel: string,
    inputs: Readonly<Record<string, Values>>,
    attributes: object,
  ) => Promise<Values[]>;
}

/** The tests of one kernel; defines them where it is called. */
export type Suite = (kit: Kit) => void;
