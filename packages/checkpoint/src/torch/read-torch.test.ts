import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FormatError, type NamedArray } from '../named-array.js';
import { readSafetensors } from '../safetensors.js';
import { namedArraysOf, withoutModulePrefix } from './named-arrays-of.js';
import { readTorch } from './read-torch.js';
import { isNamedArray, OrderedDict, type TorchValue } from './torch-value.js';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));

const at = (value: TorchValue | undefined, ...path: readonly (string | number)[]) =>
  path.reduce<TorchValue | undefined>(
    (inner, key) => (inner instanceof Map ? inner.get(key) : undefined),
    value,
  );

function arraysIn(value: TorchValue, path = ''): [string, NamedArray][] {
  if (isNamedArray(value)) return [[path, value]];
  // Before PyTorch 1.12 the steps of an optimizer were plain numbers.
  if (typeof value === 'number' && /\/state\/\d+\/step$/.test(path)) {
    return [[path, { shape: [], data: Float32Array.of(value) }]];
  }
  const entries: [string | number, TorchValue][] =
    value instanceof Map ? [...value] : Array.isArray(value) ? [...value.entries()] : [];
  return entries.flatMap(([key, item]) =>
    arraysIn(item, path === '' ? `${key}` : `${path}/${key}`),
  );
}

/** Before PyTorch 1.6 the states of an optimizer were known by the address of their parameter, here in its order. */
function byNumber(arrays: readonly [string, NamedArray][]): [string, NamedArray][] {
  const addresses = new Map<string, string[]>();
  return arrays.map(([path, array]) => {
    const [, before, address, after] = /^(.*\/state)\/(\d+)(\/.*)$/.exec(path) ?? [];
    if (before === undefined) return [path, array];
    const seen = addresses.get(before) ?? [];
    if (!seen.includes(address)) seen.push(address);
    addresses.set(before, seen);
    return [`${before}/${seen.indexOf(address)}${after}`, array];
  });
}

function caught(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

const layouts = ['dtypes', 'views', 'names', 'training'].flatMap((name) => [
  [`${name}.pth`, name],
  [`${name}-legacy.pth`, name],
]);

describe('readTorch', () => {
  it.each([
    ...layouts,
    ['unsigned.pth', 'unsigned'],
    ['older-1.0-views-legacy.pth', 'views'],
    ['older-1.5-training-legacy.pth', 'training'],
    ['older-1.6-training.pth', 'training'],
    ['older-1.6-views.pth', 'views'],
    ['older-1.13-training.pth', 'training'],
    ['older-1.13-training-legacy.pth', 'training'],
  ])("reads every tensor of PyTorch's %s", (name, golden) => {
    const expected = readSafetensors(fixture(`${golden}.safetensors`)).arrays;
    const read = new Map(byNumber(arraysIn(readTorch(fixture(name), name))));
    expect([...read.keys()].sort()).toEqual([...expected.keys()].sort());
    let largest = 0;
    for (const [path, { shape, data }] of expected) {
      const found = read.get(path)!;
      expect(found.shape, path).toEqual(shape);
      expect(found.data.constructor, path).toBe(data.constructor);
      for (let i = 0; i < data.length; i++) {
        const off = Math.abs(Number(found.data[i]) - Number(data[i]));
        // Steps of another version of PyTorch round otherwise, by a unit of values up to 8; all else is a copy.
        expect(off, path).toBeLessThanOrEqual(name.startsWith('older') ? 5e-7 : 0);
        largest = Math.max(largest, off);
      }
    }
    console.log(`${name}: ${expected.size} arrays, largest difference ${largest}`);
  });

  it('keeps what is no tensor', () => {
    const value = readTorch(fixture('training.pth'));
    expect(at(value, 'steps')).toBe(1);
    expect(at(value, 'epoch')).toBe(0);
    expect(at(value, 'mpd')).toBeInstanceOf(OrderedDict);
    const [group] = at(value, 'optim_g', 'param_groups') as Map<string, TorchValue>[];
    expect(group.get('lr')).toBe(2e-4);
    expect(group.get('betas')).toEqual([0.8, 0.99]);
    expect(group.get('initial_lr')).toBe(2e-4);
    expect(group.get('params')).toEqual([0, 1, 2]);
    expect(group.get('foreach')).toBe(null);
  });

  it.each(['extras.pth', 'extras-legacy.pth'])(
    'reads what other trainers save besides, in %s',
    (name) => {
      const value = readTorch(fixture(name)) as Map<string, TorchValue>;
      const numpy = value.get('numpy') as Map<string, TorchValue>;
      value.delete('numpy');
      expect(Object.fromEntries(value)).toEqual({
        namespace: new Map<string, TorchValue>([
          ['rate', 22050],
          ['name', 'v1'],
        ]),
        counts: new Map([['a', [1]]]),
        set: [3],
        tuple: [1, 2.5, null, true],
        size: [2, 3],
        device: 'cpu',
        dtype: 'torch.float16',
        bytes: { shape: [3], data: Uint8Array.of(0, 255, 128) },
        big: 2n ** 70n,
        negative: -(2 ** 40),
        text: 'Grüße',
        float: 1e-9,
      });
      expect(Object.fromEntries(numpy)).toEqual({
        float64: 1.5,
        float32: Math.fround(0.1),
        int64: -3,
        bool: true,
        array: { shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) },
        columns: { shape: [2, 3], data: BigInt64Array.of(0n, 1n, 2n, 3n, 4n, 5n) },
        big_endian: { shape: [3], data: Float64Array.of(0, 1, 2) },
      });
      expect(Object.isFrozen(value.get('tuple'))).toBe(true);
    },
  );

  it('gives copies: the file may change afterwards', () => {
    const bytes = fixture('views.pth');
    const value = readTorch(bytes);
    const before = Float32Array.from((at(value, 'whole') as NamedArray).data as Float32Array);
    bytes.fill(0);
    expect((at(value, 'whole') as NamedArray).data).toEqual(before);
  });

  it.each(['views.pth', 'views-legacy.pth'])('refuses every cut of %s, naming the file', (name) => {
    const whole = fixture(name);
    for (let length = 0; length < whole.length; length++) {
      const error = caught(() => readTorch(whole.subarray(0, length), 'x.pth'));
      expect(error, `${length}`).toBeInstanceOf(FormatError);
      expect(`${error}`).toMatch(/^FormatError: x\.pth: /);
    }
  });
});

describe('namedArraysOf', () => {
  it('takes a state dict, and names of a wrapped one', () => {
    const value = readTorch(fixture('names.pth'));
    const arrays = (...path: string[]) => namedArraysOf(at(value, ...path), path.join('/'));
    expect([...arrays('old', 'generator').keys()]).toEqual(['bias', 'weight_g', 'weight_v']);
    const wrapped = arrays('wrapped', 'generator');
    expect([...wrapped.keys()]).toEqual(['module.bias', 'module.weight_g', 'module.weight_v']);
    expect(withoutModulePrefix(wrapped)).toEqual(arrays('old', 'generator'));
    expect(withoutModulePrefix(arrays('old', 'generator'))).toEqual(arrays('old', 'generator'));
  });

  it('refuses what is none, and says what is there', () => {
    const value = readTorch(fixture('names.pth'));
    expect(() => namedArraysOf(at(value, 'none'), 'x: none')).toThrow(
      'x: none: must be a state dict (arrays by name), but is missing; save model.state_dict()',
    );
    expect(() => namedArraysOf(value, 'x')).toThrow(/its old is a dictionary; it has old, new,/);
  });
});
