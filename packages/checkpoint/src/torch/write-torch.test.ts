import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readTorch } from './read-torch.js';
import { OrderedDict, type TorchValue } from './torch-value.js';
import { torchPieces, writeTorch } from './write-torch.js';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));

describe('writeTorch', () => {
  it.each(['dtypes.pth', 'training.pth', 'extras.pth', 'names.pth'])(
    "returns what PyTorch's %s holds",
    (name) => {
      const value = readTorch(fixture(name));
      const again = readTorch(writeTorch(value));
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
    const again = readTorch(writeTorch(value)) as Map<string | number, TorchValue>;
    expect(again).toStrictEqual(value);
    expect(Object.isFrozen(again.get('tuple'))).toBe(true);
    expect(Object.isFrozen(again.get(7))).toBe(false);
  });

  it('stores what is met twice once, each storage at a multiple of 64 bytes', () => {
    const data = Float32Array.from({ length: 1000 }, (_, i) => i + 0.5);
    const array = { shape: [10, 100], data };
    const bytes = writeTorch([array, array, { shape: [1], data: Uint8Array.of(9) }]);
    expect(bytes.length).toBeLessThan(2 * data.byteLength);
    const first = Buffer.from(bytes).indexOf(Buffer.from(data.buffer));
    expect(first % 64).toBe(0);
    expect(readTorch(bytes)).toEqual([array, array, { shape: [1], data: Uint8Array.of(9) }]);
  });

  it('copies no array into its pieces', () => {
    const data = new Float32Array(1000);
    const pieces = [...torchPieces({ shape: [1000], data })];
    expect(pieces.some(({ buffer }) => buffer === data.buffer)).toBe(true);
  });

  it('refuses a shape that does not fit', () => {
    expect(() => writeTorch({ shape: [3], data: new Float32Array(4) })).toThrow(/shape \[3\]/);
  });
});
