import {
  Abs,
  Exp,
  LeakyRelu,
  type LeakyReluAttrs,
  Log,
  Neg,
  Reciprocal,
  Rsqrt,
  Sign,
  Sqrt,
  Square,
  Step,
  type StepAttrs,
  Tanh,
  type UnaryInputs,
} from '@tensorflow/tfjs-core';
import {
  ABSOLUTE,
  EXPONENTIAL,
  HYPERBOLIC_TANGENT,
  ITEM_VALUES,
  LEAKY_RELU,
  LOGARITHM,
  NEGATIVE,
  RECIPROCAL,
  RECIPROCAL_ROOT,
  SIGN,
  SQUARE,
  SQUARE_ROOT,
  STEP,
  UNARY,
} from '../elementwise-codes.js';
import { type Kernel, kernel } from '../kernel.js';
import { areFloats, sizeOf } from './shapes.js';

/** Functions of single values. */
export const unaryKernels: readonly Kernel[] = [
  unary(Abs, ABSOLUTE),
  unary(Exp, EXPONENTIAL),
  unary<LeakyReluAttrs>(LeakyRelu, LEAKY_RELU, ({ alpha }) => alpha),
  unary(Log, LOGARITHM),
  unary(Neg, NEGATIVE),
  unary(Reciprocal, RECIPROCAL),
  unary(Rsqrt, RECIPROCAL_ROOT),
  unary(Sign, SIGN),
  unary(Sqrt, SQUARE_ROOT),
  unary(Square, SQUARE),
  unary<StepAttrs>(Step, STEP, ({ alpha }) => alpha),
  unary(Tanh, HYPERBOLIC_TANGENT),
];

function unary<Attributes extends object = object>(
  name: string,
  operation: number,
  parameter: (attributes: Attributes) => number = () => 0,
): Kernel {
  return kernel<UnaryInputs, Attributes>({
    name,
    accepts: ({ x }) => areFloats(x),
    compute: (context, { x }, attributes) => {
      const from = context.pointerOf(x);
      const { info, pointer } = context.makeOutput(x.shape);
      const count = sizeOf(x.shape);
      const job = context
        .job()
        .integers(from, pointer, count, operation)
        .floats(parameter(attributes));
      context.runtime.parallel(UNARY, job.address, Math.ceil(count / ITEM_VALUES), 0);
      return info;
    },
  });
}
