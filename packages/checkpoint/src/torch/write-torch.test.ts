import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sourceOfBytes } from '../byte-source.js';
import { joinPieces } from '../join-pieces.js';
import type { DeferredArray, StoredArray } from '../lazy-arrays.js';
import { openTorchTree } from './open-torch.js';
import { readTorch } from './read-torch.js';
import { isArray, OrderedDict, type TorchTree, type TorchValue } from './torch-value.js';
import { torchPieces, torchPiecesOf, writeTorch } from './write-torch.js';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));

const LAYOUTS = ['zip', 'legacy'] as const;

describe.each(LAYOUTS)('writeTorch, layout %s', (layout) => {
  it.each(['dtypes.pth', 'training.pth', 'extras.pth', 'names.pth'])(
    "returns what PyTorch's %s holds",
    (name) => {
      const value = readTorch(fixture(name));
      const again = readTorch(writeTorch(value, { layout }));
      expect(again).toStrictEqual(value);
    },
  );

  it('keeps integers of any length, and what lists, tuples and dictionaries were', () => {
    const value = new Map<string | number, TorchValue>([
      [7, [1, -1, 255, -(2 ** 31), 2 ** 31, -(2 ** 40), 2n ** 64n, -(2n ** 63n)]],
      ['tuple', Object.freeze([1.5, -0, Number.NaN, null, true, false]) as TorchValue[]],
      ['empty', new OrderedDict()],
      ['text', 'ü\n'.repeat(5000)],
    ]);
    const again = readTorch(writeTorch(value, { layout })) as Map<string | number, TorchValue>;
    expect(again).toStrictEqual(value);
    expect(Object.isFrozen(again.get('tuple'))).toBe(true);
    expect(Object.isFrozen(again.get(7))).toBe(false);
  });

  it('stores what is met twice once', () => {
    const data = Float32Array.from({ length: 1000 }, (_, i) => i + 0.5);
    const array = { shape: [10, 100], data };
    const value = [array, array, { shape: [0], data: new Float64Array() }];
    const bytes = writeTorch(value, { layout });
    expect(bytes.length).toBeLessThan(2 * data.byteLength);
    expect(readTorch(bytes)).toEqual(value);
  });

  it('copies no array into its pieces', () => {
    const data = new Float32Array(1000);
    const pieces = [...torchPieces({ shape: [1000], data }, { layout })];
    expect(pieces.some(({ buffer }) => buffer === data.buffer)).toBe(true);
  });

  it('refuses a shape that does not fit', () => {
    const misfit = { shape: [3], data: new Float32Array(4) };
    expect(() => writeTorch(misfit, { layout })).toThrow(/shape \[3\]/);
  });

  it('writes the same bytes of arrays that are read one at a time', async () => {
    const bytes = fixture('training.pth');
    const pieces: Uint8Array[] = [];
    let open = 0;
    const counted = new Map<DeferredArray, DeferredArray>();
    const tree = await openTorchTree(sourceOfBytes(bytes), 'training.pth');
    const again = mapTree(tree, (array) => {
      if ('data' in array) return array;
      const known = counted.get(array) ?? {
        ...array,
        read: async () => {
          expect(open).toBe(0);
          open++;
          return array.read();
        },
      };
      counted.set(array, known);
      return known;
    });
    for await (const piece of torchPiecesOf(again, { layout })) {
      // Whoever asks for the next piece is done with the one before.
      open = 0;
      pieces.push(piece.slice());
    }
    expect(counted.size).toBeGreaterThan(5);
    expect(joinPieces(pieces)).toEqual(writeTorch(readTorch(bytes), { layout }));
  });
});

describe('writeTorch', () => {
  it('writes zip where no layout is asked for, each storage at a multiple of 64 bytes', () => {
    const data = Float32Array.from({ length: 1000 }, (_, i) => i + 0.5);
    const array = { shape: [10, 100], data };
    const bytes = writeTorch([array, array, { shape: [1], data: Uint8Array.of(9) }]);
    expect(bytes.length).toBeLessThan(2 * data.byteLength);
    const first = Buffer.from(bytes).indexOf(Buffer.from(data.buffer));
    expect(first % 64).toBe(0);
    expect(readTorch(bytes)).toEqual([array, array, { shape: [1], data: Uint8Array.of(9) }]);
  });

  it('writes the legacy layout to the byte as its definition has it', () => {
    const data = Float32Array.of(1, -2, 0.5);
    const value = new Map([['a', { shape: [3], data }]]);
    const number = (value: number, bytes: number) =>
      Array.from({ length: bytes }, (_, i) => (value / 256 ** i) & 255);
    const text = (words: string) => [...Buffer.from(words, 'latin1')];
    const word = (words: string) => [0x58, ...number(words.length, 4), ...text(words)];
    const int = (value: number) => [0x4a, ...number(value, 4)];
    const pickle = (...opcodes: number[]) => [0x80, 2, ...opcodes, 0x2e];
    const [mark, tuple, none, yes, no] = text('(tN\x88\x89');
    const storage = [
      ...[mark, ...word('storage'), ...text('ctorch\nFloatStorage\n'), ...word('0')],
      // The sixth says which part of the storage is meant: the whole.
      ...[...word('cpu'), ...int(3), none, tuple, ...text('Q')],
    ];
    const expected = [
      ...pickle(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19),
      ...pickle(...int(1001)),
      ...pickle(
        ...[...text('}('), ...word('protocol_version'), ...int(1001)],
        ...[...word('little_endian'), yes, ...word('type_sizes'), ...text('}(')],
        ...[...word('short'), ...int(2), ...word('int'), ...int(4), ...word('long'), ...int(4)],
        ...text('uu'),
      ),
      ...pickle(
        ...[...text('}('), ...word('a'), ...text('ctorch._utils\n_rebuild_tensor_v2\n(')],
        ...[...storage, ...int(0), mark, ...int(3), tuple, mark, ...int(1), tuple, no],
        ...text('ccollections\nOrderedDict\n(tRtRu'),
      ),
      ...pickle(...text(']('), ...word('0'), ...text('e')),
      ...number(3, 8),
      ...Buffer.from(data.buffer),
    ];
    expect([...writeTorch(value, { layout: 'legacy' })]).toEqual(expected);
  });
});

/** A tree of the same form. */
function mapTree(
  tree: TorchTree<StoredArray>,
  map: (array: StoredArray) => StoredArray,
): TorchTree<StoredArray> {
  if (isArray(tree)) return map(tree);
  if (Array.isArray(tree)) {
    const items = tree.map((item) => mapTree(item, map));
    return Object.isFrozen(tree) ? (Object.freeze(items) as typeof items) : items;
  }
  if (!(tree instanceof Map)) return tree;
  const entries = [...tree].map(([key, value]) => [key, mapTree(value, map)] as const);
  return tree instanceof OrderedDict ? new OrderedDict(entries) : new Map(entries);
}
