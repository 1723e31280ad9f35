import type { Dice } from './dice.js';
import { call, int, long, rawBytes, storageId, tensor, tuple, word } from './pickle-text.js';

/** A pickle that is well formed and means harm, and the float32 that its storage 0 has. */
export interface HostilePickle {
  readonly pickle: string;
  readonly elements: number;
}

/**
 * Pickles of which each part is right and the whole is out of proportion, which bytes turned at random do not find:
 * what is shared is taken apart, what is small stands for much.
 *
 * @param many how often a part is repeated
 */
export function hostilePickle(dice: Dice, many: number): HostilePickle {
  const elements = dice.pick([1, 4, 64, 4096]);
  const about = { dice, many, elements };
  return { pickle: dice.pick(KINDS)(about), elements };
}

interface About {
  readonly dice: Dice;
  readonly many: number;
  readonly elements: number;
}

/** So long may be what is repeated, in all. */
const LONGEST = 2 ** 22;

const repeated = (part: string, many: number) =>
  part.repeat(Math.min(many, Math.ceil(LONGEST / (part.length + 1))));

/** PUT and GET of a number. */
const put = (at: number) => `q${String.fromCharCode(at)}`;
const get = (at: number) => `h${String.fromCharCode(at)}`;

const KINDS: readonly ((about: About) => string)[] = [
  // One key in many dictionaries, or in dictionaries within each other, whose names are long then.
  ({ dice, many }) => {
    const key = `${keyOf(dice)}${put(0)}0`;
    if (dice.below(2) === 0) return `${key}](${repeated(`}${get(0)}Ns`, many)}e`;
    const deep = Math.min(many, 90);
    return `${key}${`}${get(0)}`.repeat(deep)}N${'s'.repeat(deep)}`;
  },
  // Keys of keys, which double with each.
  ({ dice, many }) =>
    `}${keyOf(dice)}${put(0)}${repeated(`0${get(0)}${get(0)}\x86${put(0)}`, many)}Ns`,
  // A list of lists of lists of one value.
  ({ dice, many }) => {
    // Rarely out of all bounds, which takes a second to notice.
    const wide = 1 + dice.below(dice.pick([3, 3, 3, 3, 3, 3, 3, 200]));
    const deep = 1 + dice.below(6);
    let pickle = `${anyValue(dice)}${put(0)}0](${repeated(get(0), many)}e${put(1)}0`;
    for (let i = 0; i < deep; i++) pickle += `](${get(1).repeat(wide)}e${put(1)}0`;
    return `${pickle}${get(1)}`;
  },
  // The same bytes made into many things.
  ({ dice, many }) => {
    const bytes = dice.pick([rawBytes, word])(
      'x'.repeat(8 * (1 + dice.below(dice.pick([4, 4096])))),
    );
    const dtype = `${call('numpy.dtype', word(dice.pick(['f4', 'u1', 'U2', 'S8', 'f2', 'i1'])))}${put(1)}0`;
    const shape = dice.pick([tuple(int(8)), ')', tuple(int(0), int(0x7fffffff)), tuple(int(1))]);
    const made = dice.pick([
      call('builtins.bytearray', get(0)),
      call('_codecs.encode', get(0), word('latin1')),
      call('numpy.core.multiarray.scalar', get(1), get(0)),
      call('numpy._core.numeric._frombuffer', get(0), get(1), shape, word('F')),
      `${call('numpy.core.multiarray._reconstruct')}${tuple(int(1), shape, get(1), '\x88', get(0))}b`,
      call('pathlib.PosixPath', get(0), get(0)),
      call('torch.device', get(0)),
    ]);
    return `${bytes}${put(0)}0${dtype}](${repeated(made, many)}e`;
  },
  // Tensors that lie far apart in their storage, or on top of themselves.
  ({ dice, many, elements }) => {
    const one = () => {
      const axes = dice.below(5);
      const sizes = Array.from({ length: axes }, () =>
        dice.pick([0, 1, 2, 3, elements, 0x7fffffff]),
      );
      const strides = sizes.map(() => dice.pick([0, 1, 2, elements - 1, elements, 0x7fffffff]));
      return tensor(elements, sizes, strides, dice.pick([0, 0, 0, 1, elements - 1, 0x7fffffff]));
    };
    return dice.below(2) === 0
      ? `](${Array.from({ length: Math.min(many, 1000) }, one).join('')}e`
      : `](${repeated(one(), many)}e`;
  },
  // A part of a storage read as another type.
  ({ dice, many, elements }) => {
    const part =
      dice.below(2) === 0 ? [] : [tuple(word('v'), int(dice.below(elements)), int(dice.below(4)))];
    const type = dice.pick(['UntypedStorage', 'FloatStorage', 'HalfStorage', 'DoubleStorage']);
    const one = call(
      'torch._utils._rebuild_tensor_v3',
      `${storageId('0', elements, type, ...part)}Q`,
      int(dice.below(3)),
      tuple(int(dice.below(2 * elements))),
      tuple(int(dice.below(3))),
      '\x89',
      ')',
      `ctorch\n${dice.pick(['uint16', 'uint32', 'float64', 'int8', 'bfloat16', 'quint8'])}\n`,
      '}',
    );
    return `](${repeated(one, many)}e`;
  },
  // Containers upon containers.
  ({ dice, many }) =>
    repeated(dice.pick(['}0', ']', '(', '2', ')\x85', 'N\x85', '(l', '\x8f']), many),
  // Calls of what is known, with whatever comes.
  ({ dice, many }) => {
    const one = () => {
      const items = Array.from({ length: dice.below(8) }, () => anyValue(dice));
      const state = dice.below(3) === 0 ? `${anyValue(dice)}b` : '';
      return `${call(dice.pick(NAMES), ...items)}${state}`;
    };
    return `](${Array.from({ length: Math.min(many, 20) }, one).join('')}e`;
  },
];

function keyOf(dice: Dice): string {
  const length = dice.pick([1, 40, 200, 5000]);
  return dice.pick([
    () => word('k'.repeat(length)),
    () => long(2n ** 1900n + 12345n, 240),
    () => tuple(...Array.from({ length: 16 }, () => word('k'.repeat(length)))),
    () => tuple(long(2n ** 1900n, 240), 'N', '\x88'),
    () => `G\x7f\xf8\0\0\0\0\0\0`,
    () => `ctorch\n${'g'.repeat(Math.min(length, 900))}\n`,
  ])();
}

function anyValue(dice: Dice): string {
  const length = dice.pick([0, 1, 16, 3000]);
  return dice.pick([
    () => 'N',
    () => '\x88',
    () => int(dice.pick([0, 1, -1, 3, 0x7fffffff])),
    () => long(2n ** 1900n + 99n, 240),
    () => word('v'.repeat(length)),
    () => rawBytes('\xff'.repeat(length)),
    () => ')',
    () => tuple(int(2), int(3)),
    () => tuple(tuple(word('a'), int(1)), tuple(word('b'), 'N')),
    () => '](NNe',
    () => `}${word('k')}Ns`,
    () => call('numpy.dtype', word(dice.pick(['<f4', '>i8', 'O8', 'U3']))),
    () => `${storageId('0', dice.pick([1, 4, 64, 4096]))}Q`,
    () => tensor(4, [2], [1]),
    () => `c${dice.pick(NAMES).replace(/\.(\w+)$/, '\n$1')}\n`,
  ])();
}

/** What checkpoints call, and some that they should not. */
const NAMES = [
  'collections.OrderedDict',
  'collections.Counter',
  'collections.defaultdict',
  'builtins.dict',
  'builtins.list',
  'builtins.set',
  'builtins.tuple',
  'collections.deque',
  'builtins.bytearray',
  'builtins.complex',
  '_codecs.encode',
  'argparse.Namespace',
  'copyreg._reconstructor',
  'pathlib.PosixPath',
  'torch.Size',
  'torch.device',
  'torch._utils._rebuild_tensor',
  'torch._utils._rebuild_tensor_v2',
  'torch._utils._rebuild_tensor_v3',
  'torch._utils._rebuild_parameter',
  'torch._tensor._rebuild_from_type_v2',
  'torch._utils._rebuild_sparse_tensor',
  'torch.storage._load_from_bytes',
  'numpy.dtype',
  'numpy.core.multiarray._reconstruct',
  'numpy.core.multiarray.scalar',
  'numpy._core.numeric._frombuffer',
  'builtins.eval',
  'nobody.Knows',
];
