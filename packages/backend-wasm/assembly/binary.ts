import {
  ADD,
  DIVIDE,
  LEAKY_GRADIENT,
  MAXIMUM,
  MINIMUM,
  MULTIPLY,
  SQUARED_DIFFERENCE,
  SUBTRACT,
} from '../src/elementwise-codes';
import { loadPart, storePart } from './lanes';
import {
  Add,
  Divide,
  LeakyGradient,
  Maximum,
  Minimum,
  Multiply,
  SquaredDifference,
  Subtract,
} from './operations';

/**
 * `y = operation(a, b)`, with what broadcasting there is between the two. Values are rows of `length`, along
 * which a side either goes on by one value or stays; rows are counted along up to three axes, along each of
 * which a side goes on by so many values, or stays as well.
 *
 * An item is a part of one row, or several rows.
 */
@unmanaged
export class BinaryJob {
  a: usize;
  b: usize;
  y: usize;
  operation: i32;
  /** Slope of a leaky ReLU's gradient. */
  parameter: f32;
  rows: i32;
  length: i32;
  /** Parts that a row is cut into, and values of each; or 1, and rows of an item. */
  parts: i32;
  partLength: i32;
  rowsOfItem: i32;
  /** Rows along the last axes; the first needs no number. */
  second: i32;
  third: i32;
  /** Along a row: 1 or 0. */
  aStep: i32;
  bStep: i32;
  /** From one row to the next along each of the three axes. */
  aFirst: i32;
  aSecond: i32;
  aThird: i32;
  bFirst: i32;
  bSecond: i32;
  bThird: i32;
}

export function binaryItem(job: BinaryJob, item: i32): void {
  const parts = job.parts;
  const begin = (item % parts) * job.partLength;
  const count = min(job.partLength, job.length - begin);
  let row = (item / parts) * job.rowsOfItem;
  const end = min(row + job.rowsOfItem, job.rows);
  for (; row < end; row++) {
    const third = row % job.third;
    const others = row / job.third;
    const second = others % job.second;
    const first = others / job.second;
    const a = first * job.aFirst + second * job.aSecond + third * job.aThird + begin * job.aStep;
    const b = first * job.bFirst + second * job.bSecond + third * job.bThird + begin * job.bStep;
    const y = row * job.length + begin;
    run(job, job.a + (<usize>a << 2), job.b + (<usize>b << 2), job.y + (<usize>y << 2), count);
  }
}

function run(job: BinaryJob, a: usize, b: usize, y: usize, count: i32): void {
  switch (job.operation) {
    case ADD:
      return runOf<Add>(job, a, b, y, count);
    case SUBTRACT:
      return runOf<Subtract>(job, a, b, y, count);
    case MULTIPLY:
      return runOf<Multiply>(job, a, b, y, count);
    case DIVIDE:
      return runOf<Divide>(job, a, b, y, count);
    case MAXIMUM:
      return runOf<Maximum>(job, a, b, y, count);
    case MINIMUM:
      return runOf<Minimum>(job, a, b, y, count);
    case SQUARED_DIFFERENCE:
      return runOf<SquaredDifference>(job, a, b, y, count);
    case LEAKY_GRADIENT:
      return runOf<LeakyGradient>(job, a, b, y, count);
  }
}

function runOf<Operation>(job: BinaryJob, a: usize, b: usize, y: usize, count: i32): void {
  const parameter = f32x4.splat(job.parameter);
  if (!job.aStep) spreadLeft<Operation>(v128.load32_splat(a), b, y, count, parameter);
  else if (!job.bStep) spreadRight<Operation>(a, v128.load32_splat(b), y, count, parameter);
  else pairs<Operation>(a, b, y, count, parameter);
}

function pairs<Operation>(a: usize, b: usize, y: usize, count: i32, parameter: v128): void {
  const operation = changetype<Operation>(0);
  let end = a + (<usize>(count & ~15) << 2);
  for (; a < end; a += 64) {
    const a0 = v128.load(a);
    const b0 = v128.load(b);
    const a1 = v128.load(a, 16);
    const b1 = v128.load(b, 16);
    const a2 = v128.load(a, 32);
    const b2 = v128.load(b, 32);
    const a3 = v128.load(a, 48);
    const b3 = v128.load(b, 48);
    v128.store(y, operation.of(a0, b0, parameter));
    v128.store(y, operation.of(a1, b1, parameter), 16);
    v128.store(y, operation.of(a2, b2, parameter), 32);
    v128.store(y, operation.of(a3, b3, parameter), 48);
    b += 64;
    y += 64;
  }
  end = a + (<usize>(count & 12) << 2);
  for (; a < end; a += 16) {
    v128.store(y, operation.of(v128.load(a), v128.load(b), parameter));
    b += 16;
    y += 16;
  }
  const rest = count & 3;
  if (rest) storePart(y, operation.of(loadPart(a, rest), loadPart(b, rest), parameter), rest);
}

function spreadRight<Operation>(a: usize, b: v128, y: usize, count: i32, parameter: v128): void {
  const operation = changetype<Operation>(0);
  let end = a + (<usize>(count & ~15) << 2);
  for (; a < end; a += 64) {
    const a0 = v128.load(a);
    const a1 = v128.load(a, 16);
    const a2 = v128.load(a, 32);
    const a3 = v128.load(a, 48);
    v128.store(y, operation.of(a0, b, parameter));
    v128.store(y, operation.of(a1, b, parameter), 16);
    v128.store(y, operation.of(a2, b, parameter), 32);
    v128.store(y, operation.of(a3, b, parameter), 48);
    y += 64;
  }
  end = a + (<usize>(count & 12) << 2);
  for (; a < end; a += 16) {
    v128.store(y, operation.of(v128.load(a), b, parameter));
    y += 16;
  }
  const rest = count & 3;
  if (rest) storePart(y, operation.of(loadPart(a, rest), b, parameter), rest);
}

function spreadLeft<Operation>(a: v128, b: usize, y: usize, count: i32, parameter: v128): void {
  const operation = changetype<Operation>(0);
  let end = b + (<usize>(count & ~15) << 2);
  for (; b < end; b += 64) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const b2 = v128.load(b, 32);
    const b3 = v128.load(b, 48);
    v128.store(y, operation.of(a, b0, parameter));
    v128.store(y, operation.of(a, b1, parameter), 16);
    v128.store(y, operation.of(a, b2, parameter), 32);
    v128.store(y, operation.of(a, b3, parameter), 48);
    y += 64;
  }
  end = b + (<usize>(count & 12) << 2);
  for (; b < end; b += 16) {
    v128.store(y, operation.of(a, v128.load(b), parameter));
    y += 16;
  }
  const rest = count & 3;
  if (rest) storePart(y, operation.of(a, loadPart(b, rest), parameter), rest);
}
