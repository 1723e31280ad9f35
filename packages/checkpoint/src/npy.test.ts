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
