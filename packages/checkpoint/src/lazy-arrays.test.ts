import { readFileSync } from 'node:fs';
import { deflateSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { type ByteSource, sourceOfBlob, sourceOfBytes } from './byte-source.js';
import { joinPieces } from './join-pieces.js';
import { readArray, type StoredArray } from './lazy-arrays.js';
import { MemoryBudget } from './memory-budget.js';
import { FormatError, type NamedArray } from './named-array.js';
import { readFromBytes } from './reading.js';
import { openSafetensors, readSafetensors } from './safetensors.js';
import { openTorch, openTorchTree } from './torch/open-torch.js';
import { readTorch } from './torch/read-torch.js';
import { isArray, OrderedDict, type TorchTree, type TorchValue } from './torch/torch-value.js';
import { torchPiecesOf, writeTorch } from './torch/write-torch.js';
import { safetensorsPieces, writeSafetensors } from './write-safetensors.js';
import { zipPieces } from './zip/write-zip.js';
import { readZipDirectory } from './zip/zip-directory.js';
import { readMember } from './zip/zip-member.js';

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));

/** A source that counts what is read of it. */
function counted(source: ByteSource): ByteSource & { bytes: number } {
  const counting = {
    size: source.size,
    bytes: 0,
    read(start: number, end: number) {
      counting.bytes += end - start;
      return source.read(start, end);
    },
  };
  return counting;
}

const large: NamedArray = {
  shape: [500, 1000],
  data: Float32Array.from({ length: 500_000 }, (_, i) => i),
};
const small: NamedArray = { shape: [2], data: Float64Array.of(0.1, -2) };

describe('openSafetensors', () => {
  it('reads what is asked for, and nothing else', async () => {
    const arrays = new Map([
      ['large', large],
      ['small', small],
    ]);
    const source = counted(sourceOfBytes(writeSafetensors(arrays, { steps: '7' })));
    const file = await openSafetensors(source, 'x');
    expect([...file.arrays.keys()]).toEqual(['large', 'small']);
    expect(file.arrays.get('large')).toMatchObject({ shape: [500, 1000], dtype: 'F32', as: 'F32' });
    expect(file.arrays.get('small')).toMatchObject({ shape: [2], dtype: 'F64', as: 'F64' });
    expect(file.metadata).toEqual({ steps: '7' });
    expect(await file.read('small')).toEqual(small);
    expect(source.bytes).toBeLessThan(100_000);
    expect(bytesOf(await file.read('large')).equals(bytesOf(large))).toBe(true);
    await expect(file.read('none')).rejects.toThrow(
      'x: name=none must be one of its arrays, which are large, small',
    );
  });

  it('refuses every cut, when it is opened', async () => {
    const whole = writeSafetensors(new Map([['a', small]]));
    for (let length = 0; length < whole.length; length++) {
      const source = sourceOfBytes(whole.subarray(0, length));
      await expect(openSafetensors(source, 'x'), `${length}`).rejects.toThrow(FormatError);
    }
  });
});

describe('openTorch', () => {
  it.each([
    'dtypes.pth',
    'dtypes-legacy.pth',
    'views.pth',
    'views-legacy.pth',
    'training.pth',
    'training-legacy.pth',
  ])('reads each tensor of %s by itself', async (name) => {
    const expected = readSafetensors(
      fixture(`${name.replace(/(-legacy)?\.pth/, '')}.safetensors`),
    ).arrays;
    const file = await openTorch(sourceOfBlob(new Blob([fixture(name)])), name);
    const dotted = [...expected.keys()].map((path) => path.replaceAll('/', '.'));
    expect([...file.arrays.keys()].sort()).toEqual(dotted.sort());
    for (const [path, array] of expected) {
      const key = path.replaceAll('/', '.');
      expect(file.arrays.get(key)!.shape).toEqual(array.shape);
      expect(await file.read(key), key).toEqual(array);
    }
  });

  it('tells types and what is no array', async () => {
    const file = await openTorch(sourceOfBytes(fixture('dtypes.pth')));
    expect(file.arrays.get('bfloat16')).toMatchObject({
      ...{ shape: [2, 5], dtype: 'bfloat16', as: 'F32' },
    });
    const { metadata } = await openTorch(sourceOfBytes(fixture('training.pth')));
    expect(metadata).toMatchObject({
      steps: '1',
      'optim_g.param_groups.0.lr': '0.0002',
      'optim_g.param_groups.0.foreach': 'null',
    });
  });

  it('reads a small part of a large file', async () => {
    const value = new Map([
      [
        'generator',
        new Map([
          ['a', large],
          ['b', small],
        ]),
      ],
    ]);
    const source = counted(sourceOfBytes(writeTorch(value)));
    const file = await openTorch(source, 'x');
    expect(await file.read('generator.b')).toEqual(small);
    expect(source.bytes).toBeLessThan(200_000);
    expect(source.size).toBeGreaterThan(2_000_000);
    await expect(file.read('b')).rejects.toThrow(RangeError);
  });

  it('notices a damaged tensor when it is read', async () => {
    const bytes = writeTorch(small);
    bytes[Buffer.from(bytes).indexOf(Buffer.from(small.data.buffer))] ^= 1;
    const file = await openTorch(sourceOfBytes(bytes), 'x.pth');
    await expect(file.read('')).rejects.toThrow(/^x\.pth: .* does not match its checksum/);
  });
});

describe('openTorchTree', () => {
  it('is the tree that readTorch gives, with single values read and the rest to be read', async () => {
    const bytes = fixture('training.pth');
    const tree = await openTorchTree(sourceOfBytes(bytes), 'x');
    const whole = readTorch(bytes, 'x');
    expect(await readAll(tree)).toEqual(whole);
    const step = at(tree, 'optim_g', 'state', 0, 'step');
    expect(step).toEqual(at(whole, 'optim_g', 'state', 0, 'step'));
    expect(at(tree, 'optim_g', 'state', 0, 'exp_avg')).not.toHaveProperty('data');
  });

  it('keeps nothing of what was read, deflated or not', async () => {
    const deflated = new Map(
      ['a', 'b', 'c'].map((name) => [name, { ...large, data: large.data.slice() }] as const),
    );
    const bytes = deflatedTorch(deflated);
    const source = counted(sourceOfBytes(bytes));
    const file = await openTorch(source, 'x');
    for (const name of ['a', 'b', 'a', 'a']) {
      expect(bytesOf(await file.read(name)).equals(bytesOf(large)), name).toBe(true);
    }
    const before = source.bytes;
    await file.read('a');
    // The last one may be shared by the next and is kept; others are read again.
    expect(source.bytes).toBe(before);
    await file.read('c');
    await file.read('a');
    expect(source.bytes).toBeGreaterThan(before);
  });
});

describe('files in pieces', () => {
  const state = new Map([
    ['large', large],
    ['small', small],
    ['halves', { shape: [3], data: Float32Array.of(0.5, -1, 2) }],
  ]);

  it.each([{}, { float16: true }, { bfloat16: true }])(
    'of safetensors are those of the whole, %o',
    async (options) => {
      const some = new Map([...state].filter(([name]) => name !== 'large'));
      const whole = writeSafetensors(some, { a: 'b' }, options);
      const deferred = (await openSafetensors(sourceOfBytes(writeSafetensors(some)))).arrays;
      for (const arrays of [some, deferred]) {
        const pieces = await gathered(safetensorsPieces(arrays, { a: 'b' }, options));
        expect(Buffer.concat(pieces)).toEqual(Buffer.from(whole));
      }
    },
  );

  it('of PyTorch are those of the whole, one array held at a time', async () => {
    const value = new Map([['generator', new Map([...state, ['again', large]])]]);
    const whole = writeTorch(value);
    const source = counted(sourceOfBytes(whole));
    const tree = await openTorchTree(source, 'x');
    const pieces: Uint8Array[] = [];
    let most = 0;
    for await (const piece of torchPiecesOf(tree)) {
      most = Math.max(most, piece.length);
      pieces.push(piece);
    }
    expect(Buffer.concat(pieces).equals(whole)).toBe(true);
    expect(most).toBe(large.data.byteLength);
  });
});

const bytesOf = ({ data }: NamedArray) =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength);

const at = (value: unknown, ...path: (string | number)[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (inner instanceof Map ? inner.get(key) : (inner as unknown[])[Number(key)]),
    value,
  );

async function gathered(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}

async function readAll(tree: TorchTree<StoredArray>): Promise<TorchValue> {
  if (isArray(tree)) return readArray(tree);
  if (Array.isArray(tree)) return Promise.all(tree.map(readAll));
  if (!(tree instanceof Map)) return tree;
  const entries = await Promise.all(
    [...tree].map(async ([key, item]) => [key, await readAll(item)] as const),
  );
  return tree instanceof OrderedDict ? new OrderedDict(entries) : new Map(entries);
}

/** What PyTorch would read as well, each storage deflated. */
function deflatedTorch(value: TorchValue): Uint8Array {
  const bytes = writeTorch(value);
  const fail = (what: string) => new FormatError(what);
  const size = bytes.length;
  const budget = new MemoryBudget(size, fail);
  const entries = [...readFromBytes(readZipDirectory(size, fail), bytes).values()].map((member) => {
    const contents = readFromBytes(readMember(member, { size, budget, fail }), bytes);
    return { name: member.name, bytes: contents, packed: deflateSync(contents) };
  });
  return joinPieces(zipPieces(entries));
}
