import { describe, expect, it } from 'vitest';
import { type RangeSource, readOnnxMetadata } from './metadata.js';
import { readOnnxPrecision } from './onnx-precision.js';
import { Message } from './protobuf.js';

/** Bytes as a file, and how often it was read. */
function counted(bytes: Uint8Array): {
  readonly source: RangeSource;
  readonly reads: () => number;
} {
  let reads = 0;
  return {
    source: {
      size: bytes.length,
      async read(start, end) {
        reads++;
        return bytes.slice(start, end);
      },
    },
    reads: () => reads,
  };
}

const entry = (key: string, value: string) => new Message().string(1, key).string(2, value);

describe('readOnnxMetadata', () => {
  it('reads what stands before and behind the graph, in few reads, and nothing of the graph', async () => {
    const graph = new Uint8Array(3_000_000);
    const long = 'x'.repeat(100_000);
    const model = new Message().int(1, 8).message(14, entry('before', '1')).bytes(7, graph);
    for (let i = 0; i < 100; i++) model.message(14, entry(`key ${i}`, `value ${i}`));
    const { source, reads } = counted(model.message(14, entry('long', long)).finish());
    const metadata = await readOnnxMetadata(source);
    expect(metadata.size).toBe(102);
    expect(metadata.get('before')).toBe('1');
    expect(metadata.get('key 99')).toBe('value 99');
    expect(metadata.get('long')).toBe(long);
    expect(reads()).toBeLessThanOrEqual(5);
  });

  it.each([
    ['nothing', new Uint8Array(0), /must have a graph/],
    ['zeros', new Uint8Array(2_000_000), /number from 1, and has 0/],
    ['a text', new TextEncoder().encode('This is a page and no model.\n'.repeat(9)), /protobuf: /],
    ['numbers alone', new Uint8Array(2_000_000).fill(8), /100000 fields at most/],
    ['no graph', new Message().int(1, 8).message(14, entry('a', 'b')).finish(), /have a graph/],
    ['a graph that is a number', new Message().int(7, 1).finish(), /have a graph/],
    [
      'a graph cut off',
      new Message().bytes(7, new Uint8Array(90)).finish().slice(0, 50),
      /cut off/,
    ],
  ])('refuses %s after few reads', async (_, bytes, words) => {
    const { source, reads } = counted(bytes);
    const error = await readOnnxMetadata(source).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RangeError);
    expect((error as Error).message).toMatch(words);
    expect(reads()).toBeLessThanOrEqual(5);
  });
});

describe('readOnnxPrecision', () => {
  const tensor = (type: number, bytes: number) =>
    new Message().packed(1, [bytes, 1]).int(2, type).string(8, 'w').bytes(9, new Uint8Array(bytes));
  const model = (...tensors: Message[]) => {
    const graph = new Message().string(2, 'g');
    for (const one of tensors) graph.message(5, one);
    return new Message().int(1, 8).message(7, graph).finish();
  };

  it('is the type that most bytes of the weights have, of which none are read', async () => {
    const files: readonly [Uint8Array, string | undefined][] = [
      [model(tensor(1, 400_000), tensor(7, 8)), 'float32'],
      [model(tensor(1, 40), tensor(10, 200_000), tensor(10, 200_000)), 'float16'],
      [model(), undefined],
    ];
    for (const [bytes, precision] of files) {
      let read = 0;
      const source: RangeSource = {
        size: bytes.length,
        async read(start, end) {
          read += end - start;
          return bytes.slice(start, end);
        },
      };
      expect(await readOnnxPrecision(source)).toBe(precision);
      expect(read).toBeLessThan(2000);
    }
  });
});
