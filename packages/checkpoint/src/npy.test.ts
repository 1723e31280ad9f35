import { describe, expect, it } from 'vitest';
import { FormatError } from './named-array.js';
import { readNpy, writeNpy } from './npy.js';

/** A version 1.0 file with the given header and bytes, put together by hand. */
function file(header: string, body: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(`${header}\n`);
  const bytes = new Uint8Array(10 + text.length + body.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8]);
  bytes.set(text, 10);
  bytes.set(body, 10 + text.length);
  return bytes;
}

const bytesOf = (data: Float32Array | Float64Array | Uint16Array) => new Uint8Array(data.buffer);

describe('npy', () => {
  it('returns what it wrote', () => {
    const data = Float32Array.of(1, -2, 3.5, Number.NaN, Number.POSITIVE_INFINITY, 0);
    expect(readNpy(writeNpy({ shape: [2, 3], data }))).toEqual({ shape: [2, 3], data });
    expect(readNpy(writeNpy({ shape: [6], data }))).toEqual({ shape: [6], data });
    expect(readNpy(writeNpy({ shape: [], data: data.slice(0, 1) }))).toEqual({
      shape: [],
      data: data.slice(0, 1),
    });
  });

  it("reads a part of Node's Buffer, whose slice does not copy", () => {
    const written = writeNpy({ shape: [2], data: Float32Array.of(1, 2) });
    const buffer = Buffer.concat([Buffer.from('abc'), written, Buffer.from('xyz')]).subarray(3);
    const { data } = readNpy(buffer);
    expect(data).toEqual(Float32Array.of(1, 2));
    buffer.fill(0);
    expect(data[0]).toBe(1);
  });

  it('aligns its data to 64 bytes, as numpy does', () => {
    const bytes = writeNpy({ shape: [2, 3], data: new Float32Array(6) });
    expect((bytes.length - 24) % 64).toBe(0);
  });

  it('turns column-major into row-major', () => {
    const body = bytesOf(Float64Array.of(1, 4, 2, 5, 3, 6));
    const read = readNpy(file("{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3), }", body));
    expect([...(read.data as Float64Array)]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('widens float16', () => {
    const body = bytesOf(Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00));
    const read = readNpy(file("{'descr': '<f2', 'fortran_order': False, 'shape': (4,), }", body));
    expect([...(read.data as Float32Array)]).toEqual([1, -2, 2 ** -24, Number.POSITIVE_INFINITY]);
  });

  it.each([
    ['|b1', [1, 0], Uint8Array.of(1, 0)],
    ['|u1', [255, 1], Uint8Array.of(255, 1)],
    ['|i1', [255, 127], Int32Array.of(-1, 127)],
    ['<i2', [0xfe, 0xff, 0, 0x80], Int32Array.of(-2, -32768)],
    ['>i2', [0xff, 0xfe, 0x80, 0], Int32Array.of(-2, -32768)],
    ['<u2', [0xff, 0xff, 1, 0], Int32Array.of(65535, 1)],
    ['>u2', [1, 0, 0, 1], Int32Array.of(256, 1)],
    ['<i4', [0xfe, 0xff, 0xff, 0xff, 0, 1, 0, 0], Int32Array.of(-2, 256)],
    ['>i4', [0xff, 0xff, 0xff, 0xfe, 0, 0, 1, 0], Int32Array.of(-2, 256)],
    ['<u4', [0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0], BigInt64Array.of(4294967295n, 2n)],
    ['>u4', [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 2], BigInt64Array.of(4294967295n, 2n)],
    ['>f2', [0x3c, 0, 0xc0, 0], Float32Array.of(1, -2)],
    ['>f4', [0x3f, 0xc0, 0, 0, 0xc0, 0, 0, 0], Float32Array.of(1.5, -2)],
    ['=f4', [0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0], Float32Array.of(1.5, -2)],
    ['>f8', [0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0], Float64Array.of(1.5, -2)],
    [
      '>i8',
      [255, 255, 255, 255, 255, 255, 255, 254, 0, 0, 0, 1, 0, 0, 0, 0],
      BigInt64Array.of(-2n, 4294967296n),
    ],
  ])('reads %s', (code, body, data) => {
    const header = `{'descr': '${code}', 'fortran_order': False, 'shape': (2,), }`;
    expect(readNpy(file(header, Uint8Array.from(body)))).toEqual({ shape: [2], data });
  });

  it('turns column-major of three axes and of big-endian order', () => {
    // The element [i, j, k] of shape (2, 2, 3) is 100 i + 10 j + k.
    const body = [0, 100, 10, 110, 1, 101, 11, 111, 2, 102, 12, 112].flatMap((n) => [0, n]);
    const header = "{'descr': '>i2', 'fortran_order': True, 'shape': (2, 2, 3), }";
    expect(readNpy(file(header, Uint8Array.from(body)))).toEqual({
      shape: [2, 2, 3],
      data: Int32Array.of(0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112),
    });
  });

  it('leaves a column-major array of one axis, of none and of no elements as it is', () => {
    const one = "{'descr': '<i2', 'fortran_order': True, 'shape': (2,), }";
    expect(readNpy(file(one, Uint8Array.of(1, 0, 2, 0))).data).toEqual(Int32Array.of(1, 2));
    const none = "{'descr': '<i2', 'fortran_order': True, 'shape': (), }";
    expect(readNpy(file(none, Uint8Array.of(3, 0)))).toEqual({
      shape: [],
      data: Int32Array.of(3),
    });
    const empty = "{'descr': '<i2', 'fortran_order': True, 'shape': (0, 4), }";
    expect(readNpy(file(empty, new Uint8Array(0)))).toEqual({
      shape: [0, 4],
      data: new Int32Array(0),
    });
  });

  it.each<readonly [string, string]>([
    ['<u8', '; save it as int64 instead, in Python: array.astype(numpy.int64)'],
    ['>c8', '; save its real and imaginary parts instead, in Python: array.real, array.imag'],
    ['<f16', '; save it as float32 instead, in Python: array.astype(numpy.float32)'],
    ['|V2', '; save it as float32 instead, in Python: array.astype(numpy.float32)'],
    ['<toString', '; save it as float32 instead, in Python: array.astype(numpy.float32)'],
    ...['<U4', '|S3', '<M8[s]', '<m8[s]', '|O', '|V100'].map((code) => [code, ''] as const),
  ])('refuses %s and says what can be read', (code, cast) => {
    const header = `{'descr': '${code}', 'fortran_order': False, 'shape': (1,), }`;
    const readable =
      'float16, float32, float64, bool, int8 to int64 and uint8 to uint32 can be read';
    // One cure.
    const end = cast === '' ? ' Write it with numpy.save(path, array.astype("float32")).' : '';
    const error = new FormatError(
      `a.npy: not a readable .npy file: its type is ${code}; ${readable}${cast}.${end}`,
    );
    expect(() => readNpy(file(header, new Uint8Array(16)), 'a.npy')).toThrow(error);
  });

  it('refuses more axes than numpy has, whose order would take hours', () => {
    const shape = `(64,${' 1,'.repeat(15_000)})`;
    const header = `{'descr': '<f4', 'fortran_order': True, 'shape': ${shape}, }`;
    expect(() => readNpy(file(header, new Uint8Array(256)), 'x.npy')).toThrow(
      /^x\.npy: .*its shape has 15001 axes, of which numpy has 64 at most/,
    );
  });

  it('refuses what is cut off, foreign or of another type, naming the file', () => {
    const whole = writeNpy({ shape: [4], data: new Float32Array(4) });
    for (let length = 0; length < whole.length; length++) {
      expect(() => readNpy(whole.subarray(0, length), 'a.npy')).toThrow(FormatError);
    }
    expect(() => readNpy(new TextEncoder().encode('RIFF some other file'), 'a.npy')).toThrow(
      /^a\.npy: /,
    );
    const objects = file(
      "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
      new Uint8Array(8),
    );
    expect(() => readNpy(objects)).toThrow(/its type is \|O/);
  });
});
