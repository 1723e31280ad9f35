import type { ElementType } from '../element-types.js';

// What a pickle is made of before it is settled. Nothing here is code of the file's: a class is its name.

/** A class or function by its name, `collections.OrderedDict`. */
export class PickledGlobal {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** Python's tuple; what may hold itself is a list or a dictionary, never this alone. */
export class PickledTuple {
  readonly items: readonly unknown[];

  constructor(items: readonly unknown[]) {
    this.items = items;
  }
}

/** `dict`, and the dictionaries that are read as one. */
export class PickledDict {
  readonly entries = new Map<unknown, unknown>();
  readonly ordered: boolean;

  constructor(ordered = false) {
    this.ordered = ordered;
  }
}

/** Attributes of an object of which only the data count: `argparse.Namespace`, or a placeholder of an unknown class. */
export class PickledObject {
  readonly name: string;
  readonly attributes = new Map<unknown, unknown>();
  /** Whether its class is not one that is known. */
  readonly isPlaceholder: boolean;

  constructor(name: string, isPlaceholder: boolean) {
    this.name = name;
    this.isPlaceholder = isPlaceholder;
  }
}

/** Python's `bytes`. */
export class PickledBytes {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** A run of elements that tensors are views of. */
export class PickledStorage {
  readonly key: string;
  readonly type: ElementType;
  /** First element within the storage of that key. */
  readonly start: number;
  /** Number of elements. */
  readonly length: number;

  constructor(key: string, type: ElementType, start: number, length: number) {
    this.key = key;
    this.type = type;
    this.start = start;
    this.length = length;
  }
}

/** A tensor: a view of a storage. */
export class PickledTensor {
  readonly storage: PickledStorage;
  readonly type: ElementType;
  /** In elements, as the strides are. */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(
    storage: PickledStorage,
    view: Pick<PickledTensor, 'type' | 'offset' | 'shape' | 'strides'>,
  ) {
    this.storage = storage;
    this.type = view.type;
    this.offset = view.offset;
    this.shape = view.shape;
    this.strides = view.strides;
  }
}

/** numpy's `dtype`. */
export class PickledDtype {
  readonly code: string;
  order: '<' | '>' = '<';

  constructor(code: string) {
    this.code = code;
  }
}

/** numpy's `ndarray`; made empty, filled by what follows. */
export class PickledNdarray {
  shape: readonly number[] = [];
  dtype = new PickledDtype('f8');
  columnMajor = false;
  /** Absent until it is filled; a list where its elements are objects. */
  data: Uint8Array | readonly unknown[] | undefined;
}
