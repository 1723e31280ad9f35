import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ByteSource, sourceOfBlob, sourceOfBytes } from './byte-source.js';
import { FormatError, type NamedArray } from './named-array.js';
import { openSafetensors, readSafetensors, writeSafetensors } from './safetensors.js';
import { openTorch } from './torch/open-torch.js';
import { writeTorch } from './torch/write-torch.js';

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
    expect([...file.arrays]).toEqual([
      ['large', { shape: [500, 1000], dtype: 'F32' }],
      ['small', { shape: [2], dtype: 'F64' }],
    ]);
    expect(file.metadata).toEqual({ steps: '7' });
    expect(await file.read('small')).toEqual(small);
    expect(source.bytes).toBeLessThan(100_000);
    expect(await file.read('large')).toEqual(large);
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
    expect(file.arrays.get('bfloat16')).toEqual({ shape: [2, 5], dtype: 'bfloat16' });
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
