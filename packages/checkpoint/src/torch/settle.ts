import type { MemoryBudget } from '../memory-budget.js';
import type { FormatError, NamedArray } from '../named-array.js';
import { ndarrayValue } from './ndarray-value.js';
import {
  PickledBytes,
  PickledDict,
  PickledDtype,
  PickledGlobal,
  PickledNdarray,
  PickledObject,
  PickledStorage,
  PickledTensor,
  PickledTuple,
} from './pickled.js';
import { placedTensor } from './placed-tensor.js';
import { textOf } from './text-of.js';
import { OrderedDict, type TorchTree } from './torch-value.js';
import { CLASS } from './unknown-classes.js';

/** Deeper than any checkpoint, and shallow enough for whoever walks through it by recursion. */
const DEEPEST = 100;

export interface SettleOptions<Tensor> {
  /** What stands for a tensor. */
  readonly tensor: (tensor: PickledTensor) => Tensor;
  /** What stands for other arrays. */
  readonly array: (array: NamedArray) => Tensor;
  /** Most values that may be met on a walk, those that occur often each time. */
  readonly most: number;
  /** Whether what refers to itself is cut off (null), which objects of unknown classes may do, instead of refused. */
  readonly cutCycles: boolean;
  readonly budget: MemoryBudget;
  readonly fail: (what: string) => FormatError;
}

/**
 * Turns what a pickle made into a tree that anyone can walk through: what occurs more than once is one object and may
 * be met often, but not too often, and nothing contains itself.
 */
export function settle<Tensor>(root: unknown, options: SettleOptions<Tensor>): TorchTree<Tensor> {
  return new Settling(options).of(root, 0).value;
}

interface Settled<Tensor> {
  readonly value: TorchTree<Tensor>;
  /** Values that a walk through it meets. */
  readonly weight: number;
}

class Settling<Tensor> {
  private readonly options: SettleOptions<Tensor>;
  private readonly done = new Map<object, Settled<Tensor>>();
  private readonly open = new Set<object>();

  constructor(options: SettleOptions<Tensor>) {
    this.options = options;
  }

  of(value: unknown, depth: number): Settled<Tensor> {
    if (typeof value !== 'object' || value === null) {
      return { value: value as TorchTree<Tensor>, weight: 1 };
    }
    const { fail, cutCycles, most } = this.options;
    const known = this.done.get(value);
    if (known) return known;
    if (this.open.has(value)) {
      if (cutCycles) return { value: null, weight: 1 };
      throw fail('it contains itself, which no tree of weights does');
    }
    if (depth > DEEPEST) throw fail(`it is nested more than ${DEEPEST} deep`);
    this.open.add(value);
    const settled = this.settled(value, depth + 1);
    this.open.delete(value);
    if (settled.weight > most) {
      throw fail(`its parts repeat each other to more than ${most} values`);
    }
    this.done.set(value, settled);
    return settled;
  }

  private settled(value: object, depth: number): Settled<Tensor> {
    const leaf = (value: TorchTree<Tensor>) => ({ value, weight: 1 });
    const { options } = this;
    if (value instanceof PickledTensor) return leaf(options.tensor(value));
    if (value instanceof PickledGlobal) return leaf(value.name);
    if (value instanceof PickledDtype) return leaf(value.code);
    if (value instanceof PickledBytes) {
      const { bytes } = value;
      // The view costs nothing, and many may be of the same bytes.
      options.budget.charge(bytes.length);
      return leaf(options.array({ shape: [bytes.length], data: new Uint8Array(bytes) }));
    }
    if (value instanceof PickledNdarray) {
      if (Array.isArray(value.data)) return this.list(value.data, depth, []);
      const read = ndarrayValue(value, options);
      return leaf(typeof read === 'object' ? options.array(read) : read);
    }
    if (value instanceof PickledStorage) {
      const whole = { type: value.type, offset: 0, shape: [value.length], strides: [1] };
      return leaf(options.tensor(placedTensor(value, whole, options)));
    }
    if (value instanceof PickledTuple) {
      const settled = this.list(value.items, depth, []);
      Object.freeze(settled.value);
      return settled;
    }
    if (value instanceof PickledDict) {
      return this.map(value.entries, depth, value.ordered ? new OrderedDict<Tensor>() : new Map());
    }
    if (value instanceof PickledObject) {
      const map = new Map<string | number, TorchTree<Tensor>>();
      if (value.isPlaceholder) map.set(CLASS, value.name);
      return this.map(value.attributes, depth, map);
    }
    return this.list(value as readonly unknown[], depth, []);
  }

  private list(
    items: readonly unknown[],
    depth: number,
    value: TorchTree<Tensor>[],
  ): Settled<Tensor> {
    let weight = 1;
    for (const item of items) {
      const settled = this.of(item, depth);
      value.push(settled.value);
      weight += settled.weight;
    }
    return { value, weight };
  }

  private map(
    entries: ReadonlyMap<unknown, unknown>,
    depth: number,
    value: Map<string | number, TorchTree<Tensor>>,
  ): Settled<Tensor> {
    let weight = 1;
    for (const [key, item] of entries) {
      const settled = this.of(item, depth);
      value.set(this.key(key), settled.value);
      weight += settled.weight;
    }
    return { value, weight };
  }

  private key(key: unknown): string | number {
    if (typeof key === 'string' || typeof key === 'number') return key;
    if (key instanceof PickledGlobal) return key.name;
    // Python takes True for 1 here, and numbers of the optimizers of PyTorch 1.5 are addresses.
    if (typeof key === 'boolean') return Number(key);
    if (typeof key === 'bigint' || key === null) return textOf(key, this.options.budget);
    // Of plain things alone: tuples of tuples could stand for more text than there is room.
    if (key instanceof PickledTuple && key.items.length <= 16) {
      const parts = key.items.map((item) => (item instanceof PickledTuple ? item : this.key(item)));
      if (!parts.some((part) => part instanceof PickledTuple)) {
        const text = `(${parts.map((part) => String(part).slice(0, 64)).join(', ')})`;
        this.options.budget.charge(2 * text.length);
        return text;
      }
    }
    throw this.options.fail('a dictionary has a key that is no text and no number');
  }
}
