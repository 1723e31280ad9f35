import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelContext } from './context.js';

export type Inputs = Readonly<Record<string, TensorInfo | undefined>>;

/** A kernel of ours, under tfjs's name or one of `@hifigan/ops`. */
export interface Kernel {
  readonly name: string;
  /** Whether it takes these inputs; else the fallback computes. Default: it takes all. */
  accepts?(inputs: Inputs, attributes: object): boolean;
  compute(context: KernelContext, inputs: Inputs, attributes: object): TensorInfo | TensorInfo[];
}

/** tfjs says of each input that it may be missing; those that are not marked as optional are there. */
type Present<I> = { readonly [K in keyof I]: NonNullable<I[K]> };

/** States the types of a kernel's inputs and attributes, which tfjs does not know. */
export function kernel<I, A = object>(definition: {
  readonly name: string;
  readonly accepts?: (inputs: Present<I>, attributes: A) => boolean;
  readonly compute: (
    context: KernelContext,
    inputs: Present<I>,
    attributes: A,
  ) => TensorInfo | TensorInfo[];
}): Kernel {
  return definition as unknown as Kernel;
}
