import { describe, expect, it } from 'vitest';
import { sourceOfBytes } from './byte-source.js';
import { FormatError, type NamedArray } from './named-array.js';
import {
  openSafetensors,
  readSafetensors,
  readSafetensorsHeader,
  safetensorsHeaderEnd,
} from './safetensors.js';
import { writeSafetensors } from './write-safetensors.js';

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

  it.each([
    ['BF16', [0x80, 0x3f, 0x49, 0x40], Float32Array.of(1, 3.140625)],
    ['BF16', [0x80, 0xff, 0x01, 0], Float32Array.of(Number.NEGATIVE_INFINITY, 2 ** -133)],
    [
      'F64',
      [0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0],
      Float64Array.of(0.1, -2),
    ],
    ['I16', [0xfe, 0xff, 0, 0x80], Int32Array.of(-2, -32768)],
    ['I8', [0xff, 0x7f], Int32Array.of(-1, 127)],
    ['U16', [0xff, 0xff, 1, 0], Int32Array.of(65535, 1)],
    ['U32', [0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0], BigInt64Array.of(4294967295n, 2n)],
    ['BOOL', [1, 0], Uint8Array.of(1, 0)],
  ])('reads %s', async (dtype, body, data) => {
    const bytes = file(
      { x: { dtype, shape: [2], data_offsets: [0, body.length] } },
      Uint8Array.from(body),
    );
    expect(readSafetensors(bytes).arrays.get('x')).toEqual({ shape: [2], data });
    const opened = await openSafetensors(sourceOfBytes(bytes));
    expect(opened.arrays.get('x')).toMatchObject({ shape: [2], dtype });
    expect(await opened.read('x')).toEqual({ shape: [2], data });
  });

  it('writes float32 as bfloat16 where asked, ties to even, nothing else', () => {
    const arrays = new Map<string, NamedArray>([
      // 1 + 2^-8 lies between 1 and 1 + 2^-7, 1 + 3 × 2^-8 between that and 1 + 2^-6.
      ['w', { shape: [4], data: Float32Array.of(1 + 2 ** -8, 1 + 3 * 2 ** -8, 1e38, Number.NaN) }],
      ['n', { shape: [1], data: Float64Array.of(0.1) }],
    ]);
    const bytes = writeSafetensors(arrays, {}, { bfloat16: true });
    expect([...bytes.subarray(-16, -12)]).toEqual([0x80, 0x3f, 0x82, 0x3f]);
    const read = readSafetensors(bytes).arrays;
    expect([...(read.get('w')!.data as Float32Array)]).toEqual([
      1,
      1 + 2 ** -6,
      // Eight bits of 1e38, which is 1.175… × 2^126.
      Math.round((1e38 / 2 ** 126) * 128) * 2 ** 119,
      Number.NaN,
    ]);
    expect(read.get('n')).toEqual(arrays.get('n'));
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
    ['a type that is a list', { a: { dtype: ['F32'], shape: [1], data_offsets: [0, 4] } }],
    [
      'a type that text is not made of',
      { a: { dtype: { toString: 1 }, shape: [1], data_offsets: [0, 4] } },
    ],
    ['metadata that text is not made of', { __metadata__: { a: { toString: 1, valueOf: 1 } } }],
    [
      'metadata of lists in lists',
      `{"__metadata__":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
    ],
    ['more objects than a header has room for', `{"a":[${'{},'.repeat(3_000_000)}1]}`],
  ])('refuses a file with %s, naming it', (_, header) => {
    expect(() => readSafetensors(file(header, new Uint8Array(4)), 'x.safetensors')).toThrow(
      /^x\.safetensors: /,
    );
  });

  it.each([
    ['overlaps another', { a: [0, 8], b: [4, 12] }, /b overlaps a/],
    ['stands in another', { b: [0, 12], a: [4, 8] }, /a overlaps b/],
    ['is another', { a: [0, 12], b: [0, 12] }, /b overlaps a/],
    ['leaves a hole', { b: [8, 12], a: [0, 4] }, /bytes from 4 to 8, before b, belong to no array/],
    ['does not begin at once', { a: [4, 12] }, /bytes from 0 to 4, before a, belong to no array/],
    ['ends before the file', { a: [0, 8] }, /bytes from 8 to 12, its last, belong to no array/],
  ])('refuses an array that %s', async (_, places, words) => {
    const entries = Object.entries(places).map(([name, [start, end]]) => [
      name,
      { dtype: 'F32', shape: [(end - start) / 4], data_offsets: [start, end] },
    ]);
    const bytes = file(Object.fromEntries(entries), new Uint8Array(12));
    expect(() => readSafetensors(bytes)).toThrow(words);
    await expect(openSafetensors(sourceOfBytes(bytes))).rejects.toThrow(words);
  });

  it.each([
    ['an array', '{"a":A,"b":B,"a":A}', /its header has a twice/],
    ['a name that is spelled otherwise', '{"a":A,"\\u0061":A}', /its header has a twice/],
    ['metadata', '{"__metadata__":{"x":"1","x":"2"},"a":A}', /its header has x twice/],
    [
      'a type',
      '{"a":{"dtype":"F32","dtype" : "I32","shape":[1],"data_offsets":[0,4]}}',
      /dtype twice/,
    ],
  ])('refuses %s that is there twice, of which readers take either', async (_, header, words) => {
    const entry = (from: number) =>
      `{"dtype":"F32","shape":[1],"data_offsets":[${from},${from + 4}]}`;
    const text = header.replaceAll('A', entry(0)).replaceAll('B', entry(4));
    const bytes = file(text, new Uint8Array(text.includes('"b"') ? 8 : 4));
    expect(() => readSafetensors(bytes)).toThrow(words);
    await expect(openSafetensors(sourceOfBytes(bytes))).rejects.toThrow(words);
    // The same names at other places, and in texts, are others.
    const own = `{"__metadata__":{"a":"\\"a\\":1,\\"a\\":2","dtype":"\\\\"},"a":${entry(0)}}`;
    expect([...readSafetensors(file(own, new Uint8Array(4))).arrays.keys()]).toEqual(['a']);
  });

  it.each([
    [
      'F8_E4M3',
      /a has the type F8_E4M3, .*; save it as float32 instead, in Python: tensor\.float\(\)/,
    ],
    ['C64', /torch\.view_as_real\(tensor\)/],
    ['U64', /tensor\.to\(torch\.int64\)/],
    ['\u001b[2J', /the type "\\u001b\[2J"/],
  ])('says what to do about the type %s', (dtype, words) => {
    const bytes = file({ a: { dtype, shape: [1], data_offsets: [0, 4] } }, new Uint8Array(4));
    expect(() => readSafetensors(bytes)).toThrow(words);
  });

  it('refuses to write a shape that does not fit', () => {
    expect(() =>
      writeSafetensors(new Map([['a', { shape: [3], data: new Float32Array(4) }]])),
    ).toThrow(/a has shape/);
  });
});
