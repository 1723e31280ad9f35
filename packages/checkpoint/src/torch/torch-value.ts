import type { NamedArray } from '../named-array.js';

/** Leaves that are no tensors. Integers beyond 2^53 are bigint. */
export type TorchScalar = null | boolean | number | bigint | string;

/** A tree of dictionaries and lists, with `Tensor` at its leaves. */
export type TorchTree<Tensor> =
  | TorchScalar
  | Tensor
  | TorchTree<Tensor>[]
  | Map<string | number, TorchTree<Tensor>>;

/**
 * What `torch.save` wrote, as data: a `dict` is a Map and an `OrderedDict` an {@link OrderedDict}, lists, sets and
 * tuples are arrays (tuples frozen ones), tensors and numpy's arrays are NamedArrays, `bytes` an array of uint8, a
 * `Namespace` a Map of its attributes, a dtype, a device and a class their names.
 */
export type TorchValue = TorchTree<NamedArray>;

/** Python's `collections.OrderedDict`, which is what a state dict is: a Map that {@link writeTorch} writes as one. */
export class OrderedDict<Tensor = NamedArray> extends Map<string | number, TorchTree<Tensor>> {}

/** Whether a value of a tree is a leaf that stands for an array, whatever that is. */
export function isArray<Tensor extends object>(
  value: TorchTree<Tensor> | undefined,
): value is Tensor {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map)
  );
}

/** Whether a value is an array, and not a dictionary, a list or a scalar. */
export function isNamedArray(value: TorchValue | undefined): value is NamedArray {
  return isArray(value) && ArrayBuffer.isView(value.data);
}
