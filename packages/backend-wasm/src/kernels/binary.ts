import {
  Add,
  type BinaryInputs,
  Maximum,
  Minimum,
  Multiply,
  RealDiv,
  SquaredDifference,
  Sub,
} from '@tensorflow/tfjs-core';
import { runBinary } from '../binary-operation.js';
import { planBroadcast } from '../broadcasting.js';
import {
  ADD,
  DIVIDE,
  MAXIMUM,
  MINIMUM,
  MULTIPLY,
  SQUARED_DIFFERENCE,
  SUBTRACT,
} from '../elementwise-codes.js';
import { type Kernel, kernel } from '../kernel.js';
import { areFloats } from './shapes.js';

/** Functions of two values, with broadcasting. */
export const binaryKernels: readonly Kernel[] = [
  binary(Add, ADD),
  binary(Maximum, MAXIMUM),
  binary(Minimum, MINIMUM),
  binary(Multiply, MULTIPLY),
  binary(RealDiv, DIVIDE),
  binary(SquaredDifference, SQUARED_DIFFERENCE),
  binary(Sub, SUBTRACT),
];

function binary(name: string, operation: number): Kernel {
  return kernel<BinaryInputs>({
    name,
    accepts: ({ a, b }) => areFloats(a, b) && planBroadcast(a.shape, b.shape) !== undefined,
    compute: (context, { a, b }) => {
      const plan = planBroadcast(a.shape, b.shape)!;
      const [left, right] = [context.pointerOf(a), context.pointerOf(b)];
      const { info, pointer } = context.makeOutput(plan.shape);
      runBinary(context, { operation, a: left, b: right, y: pointer }, plan);
      return info;
    },
  });
}
