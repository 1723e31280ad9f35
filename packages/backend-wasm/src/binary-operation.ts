import type { Broadcast } from './broadcasting.js';
import type { KernelContext } from './context.js';
import { BINARY, ITEM_VALUES } from './elementwise-codes.js';

export interface BinaryOperation {
  /** Of `elementwise-codes.ts`. */
  readonly operation: number;
  /** Slope of a leaky ReLU's gradient. */
  readonly parameter?: number;
  /** Addresses. */
  readonly a: number;
  readonly b: number;
  readonly y: number;
}

/** Computes `y = operation(a, b)`. */
export function runBinary(
  context: KernelContext,
  { operation, parameter = 0, a, b, y }: BinaryOperation,
  { rows, length, axes, steps, aSteps, bSteps }: Omit<Broadcast, 'shape'>,
): void {
  const parts = Math.ceil(length / ITEM_VALUES);
  const rowsOfItem = parts > 1 ? 1 : Math.max(1, Math.floor(ITEM_VALUES / length));
  const partLength = parts > 1 ? ITEM_VALUES : length;
  const job = context
    .job()
    .integers(a, b, y, operation)
    .floats(parameter)
    .integers(rows, length, parts, partLength, rowsOfItem, ...axes, ...steps, ...aSteps, ...bSteps);
  context.runtime.parallel(BINARY, job.address, Math.ceil(rows / rowsOfItem) * parts, 0);
}

/** Two tensors of one shape. */
export function alike(count: number): Omit<Broadcast, 'shape'> {
  return {
    rows: 1,
    length: count,
    axes: [1, 1],
    steps: [1, 1],
    aSteps: [0, 0, 0],
    bSteps: [0, 0, 0],
  };
}
