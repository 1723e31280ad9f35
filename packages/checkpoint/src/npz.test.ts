import { readFileSync } from 'node:fs';
import { deflateSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { sourceOfBytes } from './byte-source.js';
import { FormatError, type NamedArray } from './named-array.js';
import { writeNpy } from './npy.js';
import { openNpz, openNpzArrays, readNpz, writeNpz } from './npz.js';
import { readSafetensors } from './safetensors.js';
import { crc32 } from './zip/crc32.js';
import { joinPieces, zipPieces } from './zip/write-zip.js';

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url));

const arrays = new Map<string, NamedArray>([
  ['mel', { shape: [2, 3], data: Float32Array.of(1, -2, 0.1, Number.NaN, 0, 1e30) }],
  ['steps', { shape: [], data: BigInt64Array.of(12345678901n) }],
  ['features/mean', { shape: [2], data: Float64Array.of(0.1, -0.1) }],
  ['ids', { shape: [3], data: Int32Array.of(1, -1, 7) }],
  ['flags', { shape: [1, 2], data: Uint8Array.of(0, 255) }],
  ['empty', { shape: [0, 4], data: new Float32Array(0) }],
  ['größe', { shape: [1], data: Float32Array.of(3) }],
]);

describe('npz', () => {
  it.each(['arrays.npz', 'packed.npz'])("reads every array of numpy's %s", (name) => {
    const expected = readSafetensors(fixture('views.safetensors')).arrays;
    const read = readNpz(fixture(name), name);
    expect([...read.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [key, array] of expected) expect(read.get(key), key).toEqual(array);
  });

  it.each([false, true])('returns what it wrote, in order; compressed: %s', (compressed) => {
    expect([...readNpz(writeNpz(arrays, { compressed }))]).toEqual([...arrays]);
    expect(readNpz(writeNpz(new Map()))).toEqual(new Map());
  });

  it('deflates only where asked', () => {
    const zeros = new Map([['z', { shape: [10_000], data: new Float32Array(10_000) }]]);
    expect(writeNpz(zeros).length).toBeGreaterThan(40_000);
    expect(writeNpz(zeros, { compressed: true }).length).toBeLessThan(1000);
  });

  it('writes the zip file that its format describes', () => {
    const array = { shape: [1], data: Float32Array.of(1) };
    const npy = writeNpy(array);
    const u16 = (n: number) => [n & 255, n >> 8];
    const u32 = (n: number) => [n & 255, (n >>> 8) & 255, (n >>> 16) & 255, n >>> 24];
    const name = [...new TextEncoder().encode('a.npy')];
    // Version 2.0, UTF-8, stored, 1 January 1980, sizes, length of the name.
    const common = [
      ...u16(20),
      ...u16(0x0800),
      ...u16(0),
      ...[0, 0, 0x21, 0],
      ...[...u32(crc32(npy)), ...u32(npy.length), ...u32(npy.length)],
      ...u16(name.length),
    ];
    const local = [0x50, 0x4b, 3, 4, ...common, ...u16(0), ...name];
    const entry = [0x50, 0x4b, 1, 2, ...u16(20), ...common, ...new Array<number>(16).fill(0)];
    const end = [0x50, 0x4b, 5, 6, 0, 0, 0, 0, ...u16(1), ...u16(1)];
    expect([...writeNpz(new Map([['a', array]]))]).toEqual([
      ...[...local, ...npy, ...entry, ...name],
      ...[...end, ...u32(entry.length + name.length), ...u32(local.length + npy.length), 0, 0],
    ]);
    // The check value of CRC-32, which its catalogues give.
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });

  it('refuses every cut', () => {
    const whole = writeNpz(new Map([['a', { shape: [2], data: Float32Array.of(1, 2) }]]));
    for (let length = 0; length < whole.length; length++) {
      expect(() => readNpz(whole.subarray(0, length), 'a.npz'), `${length}`).toThrow(FormatError);
    }
  });

  it('refuses what is damaged, foreign, no array or out of proportion, naming it', () => {
    const refused = (bytes: Uint8Array) => {
      expect(() => readNpz(bytes, 'x.npz')).toThrow(FormatError);
      try {
        readNpz(bytes, 'x.npz');
      } catch (error) {
        return (error as Error).message;
      }
    };
    const damaged = writeNpz(new Map([['a', { shape: [2], data: Float32Array.of(1, 2) }]]));
    damaged[30 + 5 + 128] ^= 1;
    expect(refused(damaged)).toBe(
      'x.npz: not a readable .npz file: a.npy does not match its checksum: it is damaged. Copy or download it again, or make it again with numpy.savez(path, name=array).',
    );
    const zip = (name: string, bytes: Uint8Array, packed?: Uint8Array) =>
      joinPieces(zipPieces([{ name, bytes, ...(packed && { packed }) }]));
    expect(refused(zip('a.txt', new Uint8Array(3)))).toMatch(/it holds a\.txt, which is no array/);
    expect(refused(zip('a.npy', new Uint8Array(300)))).toMatch(/^x\.npz: a: not a readable \.npy/);
    expect(refused(fixture('views.pth'))).toMatch(/^x\.npz: .*PyTorch/);
    expect(refused(writeNpy({ shape: [1], data: Float32Array.of(1) }))).toMatch(/^x\.npz: .*npy/);
    // 128 MiB of zeros in some 128 KiB.
    const zeros = new Uint8Array(2 ** 27);
    expect(refused(zip('a.npy', zeros, deflateSync(zeros)))).toMatch(/it unfolds to more than/);
  });
});

describe('openNpz', () => {
  const two = new Map<string, NamedArray>([
    ['a', { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
    ['b', { shape: [4], data: BigInt64Array.of(7n, 8n, 9n, 10n) }],
  ]);

  it.each([false, true])(
    'reads parts of arrays, one array after the other (compressed: %s)',
    async (compressed) => {
      const bytes = writeNpz(two, { compressed });
      const found = new Map<string, unknown>();
      for await (const [name, array] of openNpz(sourceOfBytes(bytes))) {
        const { shape } = array;
        found.set(name, [shape, (await array.readFlat(1, 4)).data, (await array.read(1, 2)).data]);
      }
      expect([...found]).toEqual([
        ['a', [[2, 3], Float32Array.of(2, 3, 4), Float32Array.of(2, 5)]],
        ['b', [[4], BigInt64Array.of(8n, 9n, 10n), BigInt64Array.of(8n)]],
      ]);
    },
  );

  it('reads nothing of the next array where one has but its values', async () => {
    const bytes = writeNpz(two);
    let last = 0;
    const source = {
      size: bytes.length,
      async read(start: number, end: number) {
        last = end;
        return bytes.subarray(start, end);
      },
    };
    for await (const [name, array] of openNpz(source)) {
      if (name !== 'a') break;
      await array.readFlat(0, 6);
      const end = last;
      await expect(array.readFlat(0, 7)).rejects.toThrow(RangeError);
      await expect(array.readFlat(6, 8)).rejects.toThrow(RangeError);
      expect(last).toBe(end);
    }
  });

  it('tells damage and other files', async () => {
    const bytes = writeNpz(two);
    const at = Buffer.from(bytes).indexOf(Buffer.from(Float32Array.of(4, 5).buffer));
    const damaged = Uint8Array.from(bytes);
    damaged[at + 2] ^= 1;
    const readAll = async (some: Uint8Array) => {
      for await (const [, array] of openNpz(sourceOfBytes(some), 'x.npz'))
        await array.readFlat(0, 1);
    };
    await expect(readAll(damaged)).rejects.toThrow(
      /x\.npz: not a readable \.npz file: a\.npy does not match its checksum/,
    );
    await expect(readAll(writeNpy(two.get('a')!))).rejects.toThrow(/x\.npz: not a readable/);
  });
});

describe('openNpzArrays', () => {
  const npy = (type: string, bytes: Uint8Array) => {
    const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (1,), }\n`;
    const head = new Uint8Array([0x93, ...Buffer.from('NUMPY'), 1, 0, text.length, 0]);
    return joinPieces([head, new TextEncoder().encode(text), bytes]);
  };

  it.each(['arrays.npz', 'packed.npz'])(
    "reads each array of numpy's %s when asked",
    async (name) => {
      const expected = readNpz(fixture(name), name);
      const { arrays, others } = await openNpzArrays(sourceOfBytes(fixture(name)), name);
      expect([...arrays.keys()]).toEqual([...expected.keys()]);
      expect(others.size).toBe(0);
      for (const [key, array] of arrays) {
        expect(array.shape, key).toEqual(expected.get(key)!.shape);
        expect(await array.read(), key).toEqual(expected.get(key));
        // A second time, too, as nothing is kept.
        expect(await array.read(), key).toEqual(expected.get(key));
      }
    },
  );

  it('tells text and objects, and widens halves', async () => {
    const entry = (name: string, bytes: Uint8Array) => ({ name: `${name}.npy`, bytes });
    const bytes = joinPieces(
      zipPieces([
        entry('who', npy('<U1', new Uint8Array(4))),
        entry('half', npy('<f2', Uint8Array.of(0, 0x3c))),
        entry('objects', npy('|O', Uint8Array.of(0x80, 4))),
      ]),
    );
    const { arrays, others } = await openNpzArrays(sourceOfBytes(bytes), 'x.npz');
    expect([...others].map(([name, { type, shape }]) => [name, type, shape])).toEqual([
      ['who', '<U1', [1]],
      ['objects', '|O', [1]],
    ]);
    expect([...arrays.keys()]).toEqual(['half']);
    const half = arrays.get('half')!;
    expect([half.dtype, half.as]).toEqual(['float16', 'F32']);
    expect(await half.read()).toEqual({ shape: [1], data: Float32Array.of(1) });
  });

  it('looks at every checksum before anything is read', async () => {
    const bytes = writeNpz(arrays);
    bytes[Buffer.from(bytes).lastIndexOf(Buffer.from(Float32Array.of(3).buffer)) + 2] ^= 1;
    await expect(openNpzArrays(sourceOfBytes(bytes), 'x.npz')).rejects.toThrow(
      /^x\.npz: .*größe\.npy does not match its checksum: it is damaged\. Copy or download it again/,
    );
    await expect(openNpzArrays(sourceOfBytes(bytes.subarray(0, 200)), 'x')).rejects.toThrow(
      /it is cut off\. Copy/,
    );
  });
});
