import { describe, expect, it } from 'vitest';
import { FormatError, type NamedArray } from './named-array.js';
import {
  readSafetensors,
  readSafetensorsHeader,
  safetensorsHeaderEnd,
  writeSafetensors,
} from './safetensors.js';

function file(header: unknown, body = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(
    typeof header === 'string' ? header : JSON.stringify(header),
  );
  const bytes = new Uint8Array(8 + text.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(body, 8 + text.length);
  return bytes;
}

describe('safetensors', () => {
  it('returns what it wrote, in order', () => {
    const arrays = new Map<string, NamedArray>([
      ['b', { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
      ['a', { shape: [3], data: Uint8Array.of(1, 2, 3) }],
      ['scalar', { shape: [], data: Float64Array.of(0.1) }],
      ['steps', { shape: [1], data: BigInt64Array.of(12345678901n) }],
      ['empty', { shape: [0, 4], data: new Int32Array(0) }],
    ]);
    const read = readSafetensors(writeSafetensors(arrays, { step: '7' }));
    expect([...read.arrays]).toEqual([...arrays]);
    expect(read.metadata).toEqual({ step: '7' });
  });

  it("reads a part of Node's Buffer, whose slice does not copy", () => {
    const written = writeSafetensors(
      new Map([
        ['a', { shape: [2], data: Float32Array.of(1, 2) }],
        ['b', { shape: [2], data: Float64Array.of(3, 4) }],
      ]),
    );
    const buffer = Buffer.concat([Buffer.from('abc'), written]).subarray(3);
    const { arrays } = readSafetensors(buffer);
    expect(arrays.get('a')).toEqual({ shape: [2], data: Float32Array.of(1, 2) });
    expect(arrays.get('b')).toEqual({ shape: [2], data: Float64Array.of(3, 4) });
    buffer.fill(0);
    expect(arrays.get('a')?.data[0]).toBe(1);
  });

  it('reads float16', () => {
    const bytes = file(
      { h: { dtype: 'F16', shape: [2], data_offsets: [0, 4] } },
      Uint8Array.of(0, 0x3c, 0, 0xc0),
    );
    expect(readSafetensors(bytes).arrays.get('h')).toEqual({
      shape: [2],
      data: Float32Array.of(1, -2),
    });
  });

  it('writes float32 as float16 where asked, nothing else', () => {
    const arrays = new Map<string, NamedArray>([
      ['w', { shape: [3], data: Float32Array.of(1, -2, 0.1) }],
      ['n', { shape: [1], data: Float64Array.of(0.1) }],
    ]);
    const bytes = writeSafetensors(arrays, {}, { float16: true });
    const read = readSafetensors(bytes).arrays;
    // 0.1 is 1.6 / 16; the last place of a half there is 2^-14.
    expect(read.get('w')?.data).toEqual(Float32Array.of(1, -2, 1638 / 16384));
    expect(read.get('n')).toEqual(arrays.get('n'));
    const large = new Map([['w', { shape: [1], data: Float32Array.of(65520) }]]);
    expect(() => writeSafetensors(large, {}, { float16: true })).toThrow(
      /w holds 65520, which is too large/,
    );
  });

  it('tells names and metadata of the header alone', () => {
    const written = writeSafetensors(new Map([['a', { shape: [2], data: new Float32Array(2) }]]), {
      format: 'ours',
    });
    const end = safetensorsHeaderEnd(written.subarray(0, 8));
    expect(end).toBe(written.length - 8);
    expect(readSafetensorsHeader(written.subarray(0, end))).toEqual({
      names: ['a'],
      metadata: { format: 'ours' },
    });
    for (let length = 0; length < end; length++) {
      expect(readSafetensorsHeader(written.subarray(0, length))).toBeUndefined();
    }
    expect(readSafetensorsHeader(file('hello'))).toBeUndefined();
  });

  it('refuses every cut', () => {
    const whole = writeSafetensors(new Map([['a', { shape: [4], data: new Float32Array(4) }]]));
    for (let length = 0; length < whole.length; length++) {
      expect(() => readSafetensors(whole.subarray(0, length))).toThrow(FormatError);
    }
  });

  it.each([
    ['no JSON', 'hello'],
    ['no object', '[1]'],
    ['unknown type', { a: { dtype: 'Q9', shape: [1], data_offsets: [0, 4] } }],
    ['a type from the prototype', { a: { dtype: 'toString', shape: [1], data_offsets: [0, 4] } }],
    ['negative shape', { a: { dtype: 'F32', shape: [-1], data_offsets: [0, 4] } }],
    ['wrong size', { a: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }],
    ['past the end', { a: { dtype: 'F32', shape: [1 << 28], data_offsets: [0, 1 << 30] } }],
    ['no offsets', { a: { dtype: 'F32', shape: [1] } }],
  ])('refuses a file with %s, naming it', (_, header) => {
    expect(() => readSafetensors(file(header, new Uint8Array(4)), 'x.safetensors')).toThrow(
      /^x\.safetensors: /,
    );
  });

  it('refuses to write a shape that does not fit', () => {
    expect(() =>
      writeSafetensors(new Map([['a', { shape: [3], data: new Float32Array(4) }]])),
    ).toThrow(/a has shape/);
  });
});
