import { describe, expect, it } from 'vitest';
import { sourceOfBytes } from './byte-source.js';
import { FormatError } from './named-array.js';
import { readNpy, writeNpy } from './npy.js';
import { openNpy } from './npy-columns.js';

/** A version 1.0 file with a header of ours. */
function file(header: string, body: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(`${header}\n`);
  const start = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8];
  return Uint8Array.from([...start, ...text, ...body]);
}

const open = (bytes: Uint8Array) => openNpy(sourceOfBytes(bytes), 'a.npy');

describe('openNpy', () => {
  it.each([
    ['<f4', 4, false],
    ['<f4', 4, true],
    ['>f8', 8, false],
    ['>f8', 8, true],
    ['<f2', 2, true],
  ])(
    'reads columns of %s as the whole has them (%i bytes, column-major: %s)',
    async (type, bytes, columnMajor) => {
      for (const rows of [1, 3]) {
        for (const columns of [1, 2, 5]) {
          const body = Uint8Array.from(
            { length: rows * columns * bytes },
            (_, i) => 31 + ((i * 37) % 29),
          );
          const order = columnMajor ? 'True' : 'False';
          const header = `{'descr': '${type}', 'fortran_order': ${order}, 'shape': (1, ${rows}, ${columns}), }`;
          const whole = [...(readNpy(file(header, body)).data as Float32Array)];
          expect(new Set(whole).size).toBe(whole.length);
          const array = await open(file(header, body));
          for (let from = 0; from <= columns; from++) {
            for (let to = from; to <= columns; to++) {
              const part = await array.read(from, to);
              expect(part.shape).toEqual([1, rows, to - from]);
              const expected = Array.from({ length: rows }, (_, row) =>
                whole.slice(row * columns + from, row * columns + to),
              );
              expect([...(part.data as Float32Array)]).toEqual(expected.flat());
            }
          }
        }
      }
    },
  );

  it('takes arrays of one axis and of none, and says where there is no such column', async () => {
    const one = await open(writeNpy({ shape: [3], data: Float32Array.of(1, 2, 3) }));
    expect((await one.read(1, 3)).data).toEqual(Float32Array.of(2, 3));
    const none = await open(writeNpy({ shape: [], data: Float32Array.of(7) }));
    expect((await none.read(0, 1)).data).toEqual(Float32Array.of(7));
    await expect(one.read(2, 4)).rejects.toThrow(/\[2, 4\) must lie in \[0, 3\)/);
    await expect(one.read(2, 1)).rejects.toThrow(RangeError);
    for (const [from, to] of [
      [-1, 1],
      [2, 4],
      [2, 1],
      [Number.NaN, 1],
    ]) {
      await expect(one.readFlat(from, to)).rejects.toThrow(
        /must lie in \[0, 3\), because the array/,
      );
    }
    expect((await one.readFlat(3, 3)).data).toHaveLength(0);
  });

  it('asks for a header of any length, and for no more than it needs', async () => {
    const comment = ' '.repeat(6000);
    const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2000), ${comment}}`;
    const body = new Uint8Array(Float32Array.from({ length: 2000 }, (_, i) => i).buffer);
    const bytes = file(header, body);
    const asked: [number, number][] = [];
    const array = await openNpy({
      size: bytes.length,
      read: async (start, end) => {
        asked.push([start, end]);
        return bytes.subarray(start, end);
      },
    });
    expect((await array.read(1000, 1002)).data).toEqual(Float32Array.of(1000, 1001));
    const [, end] = asked[1];
    expect(asked).toEqual([
      [0, 4096],
      [0, end],
      [end + 4000, end + 4008],
    ]);
  });

  it('refuses what is cut off or foreign before a value is read', async () => {
    const whole = writeNpy({ shape: [2, 2], data: new Float32Array(4) });
    for (let length = 0; length < whole.length; length++) {
      await expect(open(whole.subarray(0, length)), String(length)).rejects.toThrow(FormatError);
    }
    await expect(open(whole.subarray(0, -1))).rejects.toThrow(
      'a.npy: not a readable .npy file: shape (2, 2) needs 16 bytes, it has 15: it is cut off',
    );
    const huge = file(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (9007199254740991, 80), }",
      whole,
    );
    await expect(open(huge)).rejects.toThrow(/it is cut off/);
  });
});
