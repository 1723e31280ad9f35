import { castAdvice, type ElementType, typeOfName } from '../element-types.js';
import type { MemoryBudget } from '../memory-budget.js';
import type { FormatError } from '../named-array.js';
import { shownName } from '../shown-name.js';
import {
  PickledBytes,
  PickledDict,
  PickledDtype,
  type PickledGlobal,
  PickledNdarray,
  PickledObject,
  PickledStorage,
  PickledTensor,
  PickledTuple,
} from './pickled.js';
import { placedTensor } from './placed-tensor.js';
import { READABLE_DTYPES } from './storage-type.js';

/** What the functions below are handed. */
interface Surroundings {
  readonly budget: MemoryBudget;
  readonly fail: (what: string) => FormatError;
  /** Calls another of them. */
  readonly call: (callee: unknown, args: readonly unknown[]) => unknown;
}

type Known = (args: readonly unknown[], surroundings: Surroundings) => unknown;

const REBUILD_FROM_TYPE = 'torch._tensor._rebuild_from_type_v2';

/**
 * The allow list: each class and function that a checkpoint may name, and what it stands for as data. What is not here
 * is not read. Names as Python 3 and numpy 1 have them, see {@link canonical}.
 */
const KNOWN: Readonly<Record<string, Known>> = {
  'collections.OrderedDict': (args, around) => dictOf(args[0], true, around),
  'collections.Counter': (args, around) => dictOf(args[0], false, around),
  // Its argument makes what is missing, and here nothing is.
  'collections.defaultdict': (args, around) => dictOf(args[1], false, around),
  'builtins.dict': (args, around) => dictOf(args[0], false, around),
  'builtins.list': (args, around) => listOf(args[0], around),
  'builtins.set': (args, around) => listOf(args[0], around),
  'builtins.frozenset': (args, around) => listOf(args[0], around),
  'builtins.tuple': (args, around) => new PickledTuple(listOf(args[0], around)),
  'collections.deque': (args, around) => listOf(args[0], around),
  'builtins.bytearray': bytesOf,
  'builtins.bytes': bytesOf,
  'builtins.complex': (args) => new PickledTuple(args.slice(0, 2)),
  '_codecs.encode': bytesOf,
  'argparse.Namespace': () => new PickledObject('argparse.Namespace', false),
  'types.SimpleNamespace': () => new PickledObject('types.SimpleNamespace', false),
  // Objects in protocols 0 and 1: made by their class alone.
  'copyreg._reconstructor': ([callee], { call }) => call(callee, []),
  'pathlib.PosixPath': (args, around) => joined(args, '/', around),
  'pathlib.PurePosixPath': (args, around) => joined(args, '/', around),
  'pathlib.WindowsPath': (args, around) => joined(args, '\\', around),

  'torch.Size': (args, around) => new PickledTuple(listOf(args[0], around)),
  'torch.device': (args, around) => joined(args, ':', around),
  'torch.torch_version.TorchVersion': (args, around) => joined(args, '', around),
  'torch.serialization._get_layout': (args, around) => joined(args, '', around),
  'torch._utils._rebuild_tensor': rebuildTensor,
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_tensor_v3': ([storage, offset, size, stride, , , dtype, meta], around) =>
    rebuildTensor(
      [storage, offset, size, stride, null, null, meta],
      around,
      dtypeOf(dtype, around),
    ),
  'torch._utils._rebuild_parameter': ([data]) => data,
  'torch._utils._rebuild_parameter_with_state': ([data]) => data,
  // A tensor with attributes of its own, or of a class of its own; the tensor is what counts.
  [REBUILD_FROM_TYPE]: ([callee, , args], { call, fail }) => {
    if (!(args instanceof PickledTuple)) throw fail('a tensor is made of nothing: it is damaged');
    // Else it could be made of itself, as deep as it likes.
    if (canonical(String((callee as PickledGlobal)?.name)) === REBUILD_FROM_TYPE) {
      throw fail('a tensor is made of itself: it is damaged');
    }
    return call(callee, args.items);
  },

  'numpy.dtype': ([code], { fail }) => {
    if (typeof code !== 'string') throw fail('a numpy type has no name: it is damaged');
    return new PickledDtype(code);
  },
  'numpy.core.multiarray._reconstruct': () => new PickledNdarray(),
  'numpy.core.multiarray.scalar': ([dtype, data], { budget, fail }) => {
    const array = new PickledNdarray();
    if (!(dtype instanceof PickledDtype)) throw fail('a numpy scalar has no type: it is damaged');
    array.dtype = dtype;
    array.data = rawOf(data, budget) ?? [data];
    return array;
  },
  'numpy.core.numeric._frombuffer': ([data, dtype, shape, order], { budget, fail }) => {
    const array = new PickledNdarray();
    if (!(dtype instanceof PickledDtype)) throw fail('a numpy array has no type: it is damaged');
    array.dtype = dtype;
    array.shape = sizesOf(shape, 'shape', fail);
    array.columnMajor = order === 'F';
    array.data = rawOf(data, budget);
    return array;
  },
};

/** Things that are known and not read, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  'torch._utils._rebuild_sparse_tensor': 'a sparse tensor; save it with .to_dense()',
  'torch._utils._rebuild_qtensor': 'a quantized tensor; save it with .dequantize()',
  'torch._utils._rebuild_meta_tensor_no_storage': 'a tensor without values (device meta)',
  'torch.storage._load_from_bytes':
    'a file within itself (a tensor that was pickled without torch.save); write it with torch.save',
};

/** Other names of the same: Python 2's, numpy 2's, PyTorch 1.9's. */
function canonical(name: string): string {
  return name
    .replace(/^__builtin__\./, 'builtins.')
    .replace(/^numpy\._core\./, 'numpy.core.')
    .replace(/^copy_reg\./, 'copyreg.')
    .replace(/^torch\.(?:tensor|_tensor)\._rebuild_from_type(?:_v2)?$/, REBUILD_FROM_TYPE);
}

/** What reading a checkpoint needs of the names in it. */
export class KnownGlobals {
  private readonly surroundings: Surroundings;
  private readonly placeholders: boolean;

  /** @param placeholders whether an object of an unknown class is a Map of its attributes, instead of an error */
  constructor(around: Pick<Surroundings, 'budget' | 'fail'>, placeholders: boolean) {
    const call: Surroundings['call'] = (callee, args) => this.call(callee as PickledGlobal, args);
    this.surroundings = { ...around, call };
    this.placeholders = placeholders;
  }

  /** `callee(…args)` as data. @throws FormatError where nothing is known of it */
  readonly call = (callee: PickledGlobal, args: readonly unknown[]): unknown => {
    const { fail } = this.surroundings;
    const name = canonical(String(callee?.name));
    if (Object.hasOwn(KNOWN, name)) return KNOWN[name](args, this.surroundings);
    if (Object.hasOwn(REFUSED, name)) throw fail(`it holds ${REFUSED[name]}`);
    if (!this.placeholders) {
      throw fail(
        `it holds an object made by ${shownName(name)}, which is none of the data that checkpoints are made of, and nothing of it was run; save what is wanted of it alone: torch.save({"generator": model.state_dict()}, path)`,
      );
    }
    const object = new PickledObject(name, true);
    if (args.length > 0) {
      this.surroundings.budget.charge(32 * args.length);
      object.attributes.set('__args__', [...args]);
    }
    return object;
  };

  /** Gives an object what Python's `__setstate__` would. */
  readonly build = (target: unknown, state: unknown): unknown => {
    const { fail, budget } = this.surroundings;
    if (target instanceof PickledObject) {
      // With slots, a pair of dictionaries.
      const parts = state instanceof PickledTuple ? state.items : [state];
      if (parts.length > 2)
        throw fail('an object has a state of more than two parts: it is damaged');
      for (const part of parts) {
        if (part instanceof PickledDict) {
          budget.charge(64 * part.entries.size);
          for (const [key, value] of part.entries) target.attributes.set(key, value);
        } else if (part !== null) target.attributes.set('__state__', part);
      }
    } else if (target instanceof PickledDtype) {
      const order = state instanceof PickledTuple ? state.items[1] : undefined;
      if (order === '>') target.order = order;
    } else if (target instanceof PickledNdarray) {
      fillNdarray(target, state, this.surroundings);
    } else if (!(target instanceof PickledDict || target instanceof PickledTensor)) {
      throw fail('its pickle gives a state to what has none: it is damaged');
    }
    // Of a state dict, `_metadata`: the versions of its modules, which no weights depend on.
    return target;
  };
}

function rebuildTensor(
  [storage, offset, size, stride, , , metadata]: readonly unknown[],
  { fail, budget }: Surroundings,
  dtype?: ElementType,
): PickledTensor {
  if (!(storage instanceof PickledStorage)) throw fail('a tensor has no storage: it is damaged');
  if (metadata instanceof PickledDict) budget.charge(16 * metadata.entries.size);
  if (metadata instanceof PickledDict && [...metadata.entries.values()].includes(true)) {
    throw fail(
      'it holds a tensor that is to be negated or conjugated; save it with .resolve_neg()',
    );
  }
  const shape = sizesOf(size, 'shape', fail);
  const strides = sizesOf(stride, 'stride', fail);
  return placedTensor(
    storage,
    { type: dtype ?? storage.type, offset, shape, strides },
    { fail, budget },
  );
}

function dtypeOf(dtype: unknown, { fail }: Surroundings): ElementType {
  const name = String((dtype as PickledGlobal | undefined)?.name);
  const type = typeOfName(name.replace(/^torch\./, ''));
  if (!type)
    throw fail(
      `it holds a tensor of ${shownName(name)}; ${READABLE_DTYPES} are read; ${castAdvice(name)}`,
    );
  return type;
}

function fillNdarray(array: PickledNdarray, state: unknown, { budget, fail }: Surroundings): void {
  const items = state instanceof PickledTuple ? state.items : [];
  const [shape, dtype, columnMajor, data] = items.slice(-4);
  if (items.length < 4 || !(dtype instanceof PickledDtype)) {
    throw fail('a numpy array has no contents: it is damaged');
  }
  array.shape = sizesOf(shape, 'shape', fail);
  array.dtype = dtype;
  array.columnMajor = columnMajor === true || columnMajor === 1;
  array.data = Array.isArray(data) ? data : rawOf(data, budget);
}

/** Bytes, or text of which each character is one. */
function rawOf(data: unknown, budget: MemoryBudget): Uint8Array | undefined {
  if (data instanceof PickledBytes) return data.bytes;
  if (typeof data !== 'string') return undefined;
  budget.charge(data.length);
  // Not Uint8Array.from, which makes a list of all characters first.
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) bytes[i] = data.charCodeAt(i);
  return bytes;
}

function bytesOf([data]: readonly unknown[], { budget, fail }: Surroundings): PickledBytes {
  if (Array.isArray(data) || data === undefined) return new PickledBytes(new Uint8Array(0));
  const bytes = rawOf(data, budget);
  if (!bytes) throw fail('bytes are made of what is no text: it is damaged');
  return new PickledBytes(bytes);
}

function dictOf(items: unknown, ordered: boolean, { budget, fail }: Surroundings): PickledDict {
  const dict = new PickledDict(ordered);
  const pairs = items instanceof PickledDict ? items.entries : listOf(items, { budget, fail });
  for (const pair of pairs) {
    const [key, value] =
      pair instanceof PickledTuple ? pair.items : Array.isArray(pair) ? pair : [];
    if (key === undefined) throw fail('a dictionary is made of what are no pairs: it is damaged');
    budget.charge(64);
    dict.entries.set(key, value ?? null);
  }
  return dict;
}

function listOf(
  items: unknown,
  { budget, fail }: Pick<Surroundings, 'budget' | 'fail'>,
): unknown[] {
  const list = items instanceof PickledTuple ? items.items : (items ?? []);
  if (!Array.isArray(list)) throw fail('a list is made of what is none: it is damaged');
  budget.charge(32 * list.length);
  return [...list];
}

function joined(args: readonly unknown[], by: string, { budget, fail }: Surroundings): string {
  if (!args.every((part) => typeof part === 'string' || typeof part === 'number')) {
    throw fail('a name is made of what is no text: it is damaged');
  }
  budget.charge(2 * args.reduce<number>((sum, part) => sum + String(part).length + 1, 0));
  return args.join(by);
}

function sizesOf(value: unknown, what: string, fail: Surroundings['fail']): readonly number[] {
  const items = value instanceof PickledTuple ? value.items : value;
  const isSize = (n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0;
  if (!Array.isArray(items) || items.length > 64 || !items.every(isSize)) {
    throw fail(`the ${what} of an array is none: it is damaged`);
  }
  return items;
}
