import type { ElementType } from '../element-types.js';
import type { MemoryBudget } from '../memory-budget.js';
import { type FormatError, type NamedArray, sizeOf } from '../named-array.js';
import { type PickledStorage, PickledTensor } from './pickled.js';

/**
 * A tensor where it is known to lie within its storage.
 *
 * @throws FormatError where it does not, or is out of proportion to the file
 */
export function placedTensor(
  storage: PickledStorage,
  view: {
    readonly type: ElementType;
    readonly offset: unknown;
    readonly shape: readonly number[];
    readonly strides: readonly number[];
  },
  { budget, fail }: { readonly budget: MemoryBudget; readonly fail: (what: string) => FormatError },
): PickledTensor {
  const { type, shape, strides } = view;
  const offset = view.offset as number;
  const isPlaced = Number.isSafeInteger(offset) && offset >= 0 && strides.length === shape.length;
  if (!isPlaced) throw fail('a tensor has no place in its storage: it is damaged');
  budget.charge(128 + 16 * shape.length + sizeOf(shape) * type.read);
  const tensor = new PickledTensor(storage, { type, offset, shape, strides });
  const extent = extentOf(tensor);
  // All from its first to its last is read, however few of it are its own.
  const between = extent - sizeOf(shape);
  if (between > 0) budget.charge(between * (type.bytes + type.read));
  const end = (offset + extent) * type.bytes;
  const available = storage.length * storage.type.bytes;
  if (!(end <= available)) {
    throw fail(
      `a tensor of shape [${shape}] ends at byte ${end} of a storage of ${available}: it is damaged`,
    );
  }
  return tensor;
}

/** Elements from the first that a tensor has to behind its last. */
export function extentOf({ shape, strides }: PickledTensor): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((last, length, axis) => last + (length - 1) * strides[axis], 1);
}

/** Row-major values of a tensor, from those of its extent. */
export function gathered(tensor: PickledTensor, values: NamedArray['data']): NamedArray['data'] {
  const { shape, strides } = tensor;
  if (isRowMajor(tensor)) return values;
  const result = values.slice(0, 0).constructor as new (length: number) => NamedArray['data'];
  const target = new result(sizeOf(shape));
  const inner = shape.at(-1)!;
  const step = strides.at(-1)!;
  const index = new Array<number>(shape.length - 1).fill(0);
  let from = 0;
  for (let at = 0; at < target.length; ) {
    for (let i = 0; i < inner; i++) target[at++] = values[from + i * step];
    // The last axis but one turns fastest.
    for (let axis = index.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= index[axis] * strides[axis];
      index[axis] = 0;
    }
  }
  return target;
}

function isRowMajor({ shape, strides }: PickledTensor): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis];
  }
  return true;
}
