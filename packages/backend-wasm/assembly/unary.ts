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
} from '../src/elementwise-codes';
import { loadPart, storePart } from './lanes';
import {
  Absolute,
  Exponential,
  HyperbolicTangent,
  LeakyRelu,
  Logarithm,
  Negative,
  Reciprocal,
  ReciprocalRoot,
  Sign,
  Square,
  SquareRoot,
  Step,
} from './operations';

/** `y = operation(x)`, value by value. An item is `ITEM_VALUES` of them. */
@unmanaged
export class UnaryJob {
  x: usize;
  y: usize;
  count: i32;
  operation: i32;
  /** Slope of a leaky ReLU, or what a step is below 0. */
  parameter: f32;
}

export function unaryItem(job: UnaryJob, item: i32): void {
  const first = item * ITEM_VALUES;
  const count = min(ITEM_VALUES, job.count - first);
  const x = job.x + (<usize>first << 2);
  const y = job.y + (<usize>first << 2);
  const parameter = f32x4.splat(job.parameter);
  switch (job.operation) {
    case ABSOLUTE:
      return stream<Absolute>(x, y, count, parameter);
    case NEGATIVE:
      return stream<Negative>(x, y, count, parameter);
    case SIGN:
      return stream<Sign>(x, y, count, parameter);
    case STEP:
      return stream<Step>(x, y, count, parameter);
    case LEAKY_RELU:
      return stream<LeakyRelu>(x, y, count, parameter);
    case SQUARE:
      return stream<Square>(x, y, count, parameter);
    case SQUARE_ROOT:
      return one<SquareRoot>(x, y, count, parameter);
    case RECIPROCAL:
      return one<Reciprocal>(x, y, count, parameter);
    case RECIPROCAL_ROOT:
      return one<ReciprocalRoot>(x, y, count, parameter);
    case EXPONENTIAL:
      return one<Exponential>(x, y, count, parameter);
    case LOGARITHM:
      return one<Logarithm>(x, y, count, parameter);
    case HYPERBOLIC_TANGENT:
      return one<HyperbolicTangent>(x, y, count, parameter);
  }
}

/** Four vectors at a time. */
function stream<Operation>(x: usize, y: usize, count: i32, parameter: v128): void {
  const operation = changetype<Operation>(0);
  const end = x + (<usize>(count & ~15) << 2);
  for (; x < end; x += 64) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const x2 = v128.load(x, 32);
    const x3 = v128.load(x, 48);
    v128.store(y, operation.of(x0, parameter));
    v128.store(y, operation.of(x1, parameter), 16);
    v128.store(y, operation.of(x2, parameter), 32);
    v128.store(y, operation.of(x3, parameter), 48);
    y += 64;
  }
  one<Operation>(x, y, count & 15, parameter);
}

/** One vector at a time, and what is less than one. */
function one<Operation>(x: usize, y: usize, count: i32, parameter: v128): void {
  const operation = changetype<Operation>(0);
  const end = x + (<usize>(count & ~3) << 2);
  for (; x < end; x += 16) {
    v128.store(y, operation.of(v128.load(x), parameter));
    y += 16;
  }
  const rest = count & 3;
  if (rest) storePart(y, operation.of(loadPart(x, rest), parameter), rest);
}
