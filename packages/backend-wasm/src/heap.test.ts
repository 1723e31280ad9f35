import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LOWEST_HEAP } from './control-block.js';
import { Heap, PAGE, UNIT } from './heap.js';

const START = LOWEST_HEAP;

function makeHeap({ pages = 2, maximumPages = 64, shared = false } = {}): Heap {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: maximumPages, shared });
  return new Heap({ memory, start: START, maximumPages });
}

describe('heap', () => {
  it('begins where it is told, in multiples of 64', () => {
    const heap = makeHeap();
    expect([heap.allocate(1), heap.allocate(64), heap.allocate(65), heap.allocate(0)]).toEqual([
      START,
      START + 64,
      START + 128,
      START + 256,
    ]);
    expect(heap.bytesInUse).toBe(5 * UNIT);
  });

  it('takes freed memory again, the smallest that fits', () => {
    const heap = makeHeap();
    const large = heap.allocate(6400);
    heap.allocate(64);
    const small = heap.allocate(640);
    heap.allocate(64);
    heap.free(large);
    heap.free(small);
    expect(heap.allocate(640)).toBe(small);
    expect(heap.allocate(6400)).toBe(large);
  });

  it.each([
    [0, 1, 2],
    [2, 1, 0],
    [0, 2, 1],
    [1, 0, 2],
  ])('joins what is freed in the order %i %i %i', (...order) => {
    const heap = makeHeap();
    const pointers = [heap.allocate(1000), heap.allocate(2000), heap.allocate(3000)];
    const end = heap.allocate(64);
    for (const index of order) heap.free(pointers[index]!);
    expect(heap.allocate(1024 + 2048 + 3008)).toBe(START);
    expect(end).toBe(START + 1024 + 2048 + 3008);
  });

  it('grows, joins the new with what was free, and keeps what is there', () => {
    const heap = makeHeap({ pages: 2 });
    const first = heap.allocate(400);
    heap.float32(first, 100).fill(7);
    const before = heap.floats;
    const second = heap.allocate(3 * PAGE);
    expect(second).toBe(START + 448);
    expect(before.length).toBe(0); // Detached.
    expect(heap.float32(first, 100).every((value) => value === 7)).toBe(true);
    expect(heap.bytes).toBe(heap.memory.buffer.byteLength);
    heap.float32(second, (3 * PAGE) / 4).fill(1);
  });

  it('grows a shared memory', () => {
    const heap = makeHeap({ shared: true });
    const before = heap.floats;
    const pointer = heap.allocate(3 * PAGE);
    expect(heap.floats.length).toBeGreaterThan(before.length);
    expect(heap.owns(before)).toBe(true);
    expect(heap.owns(heap.float32(pointer, 1))).toBe(true);
    expect(heap.owns(new Float32Array(1))).toBe(false);
  });

  it('moves to another memory with what is allocated and what lies below', () => {
    const heap = makeHeap({ pages: 4, shared: true });
    heap.words[300] = 5;
    const free = heap.allocate(1000);
    const kept = heap.allocate(1000);
    heap.memoryBytes.fill(7, free, free + 1000);
    heap.memoryBytes.fill(8, kept, kept + 1000);
    heap.free(free);
    const [old, before] = [heap.memoryBytes, heap.bytesInUse];
    heap.moveTo(new WebAssembly.Memory({ initial: 4, maximum: 64, shared: true }));
    old.fill(9, START);
    expect([heap.words[300], heap.uint8(free, 1)[0], heap.bytesInUse]).toEqual([5, 0, before]);
    expect(heap.uint8(kept, 1000).every((value) => value === 8)).toBe(true);
    expect(heap.allocate(1000)).toBe(free);
    heap.allocate(10 * PAGE);
    expect(heap.memory.buffer.byteLength).toBe(heap.bytes);
    expect(heap.uint8(kept, 1000).every((value) => value === 8)).toBe(true);
  });

  it('counts what is in use and its peak', () => {
    const heap = makeHeap();
    const pointer = heap.allocate(1000);
    heap.free(heap.allocate(5000));
    expect([heap.bytesInUse, heap.peakBytes]).toEqual([1024, 1024 + 5056]);
    heap.free(pointer);
    expect(heap.bytesInUse).toBe(0);
  });

  it('says what to do where it ends, and goes on', () => {
    const heap = makeHeap({ pages: 2, maximumPages: 17 });
    const pointer = heap.allocate(PAGE);
    expect(() => heap.allocate(2 ** 20)).toThrow(
      'Heap.allocate: bytes=1048576 (1 MiB) must fit beside the 1 MiB in use, because ' +
        "WebAssembly's memory ends at 2 MiB; take a smaller batch or micro-batches, shorter audio " +
        'or smaller pieces of it (chunkFrames), or another backend (tensorflow)',
    );
    expect(heap.bytesInUse).toBe(PAGE);
    heap.free(pointer);
    // To the last byte.
    expect(heap.allocate(2 ** 20)).toBe(START);
    expect(() => heap.allocate(1)).toThrow('must fit');
  });

  it.each([Number.NaN, -1])('refuses %d bytes', (bytes) => {
    expect(() => makeHeap().allocate(bytes)).toThrow(`bytes=${bytes} must be a number from 0 on`);
  });

  it('refuses to free what it does not know', () => {
    const heap = makeHeap();
    const pointer = heap.allocate(10);
    heap.free(pointer);
    expect(() => heap.free(pointer)).toThrow(`Heap.free: pointer=${pointer} must come from`);
    expect(() => heap.free(12)).toThrow('must come from');
  });

  it('hands out addresses above 2 GiB', () => {
    // Reserved, not touched.
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
    const heap = new Heap({ memory, start: START });
    heap.allocate(3 * 2 ** 30);
    const pointer = heap.allocate(2 ** 20);
    expect(pointer).toBeGreaterThan(3 * 2 ** 30);
    heap.float32(pointer, 2 ** 18).fill(3);
    expect(heap.floats[pointer / 4 + 2 ** 18 - 1]).toBe(3);
    expect(() => heap.allocate(2 ** 30)).toThrow("WebAssembly's memory ends at 4096 MiB");
  });
});

describe('whatever is allocated and freed', () => {
  const size = fc.oneof(
    fc.integer({ min: 0, max: 300 }),
    fc.integer({ min: 0, max: 20_000 }),
    fc.integer({ min: 0, max: 300_000 }),
  );
  // A number to allocate, or which of those that live to free.
  const command = fc.oneof(
    fc.record({ allocate: size }),
    fc.record({ free: fc.nat({ max: 1000 }) }),
  );

  it('lies apart, within the memory, and leaves one free piece at the end', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 200 }), (commands) => {
        const heap = makeHeap({ maximumPages: 1024 });
        const living: { pointer: number; bytes: number }[] = [];
        for (const step of commands) {
          if ('allocate' in step) {
            const bytes = Math.max(step.allocate, 1);
            const pointer = heap.allocate(step.allocate);
            expect(pointer % UNIT).toBe(0);
            expect(pointer).toBeGreaterThanOrEqual(START);
            expect(pointer + bytes).toBeLessThanOrEqual(heap.bytes);
            for (const other of living) {
              const apart =
                pointer + bytes <= other.pointer || other.pointer + other.bytes <= pointer;
              expect(apart).toBe(true);
            }
            living.push({ pointer, bytes });
          } else if (living.length > 0) {
            heap.free(living.splice(step.free % living.length, 1)[0]!.pointer);
          }
          const used = living.reduce((sum, { bytes }) => sum + Math.ceil(bytes / UNIT) * UNIT, 0);
          expect(heap.bytesInUse).toBe(used);
        }
        for (const { pointer } of living) heap.free(pointer);
        // All is one piece again.
        const bytes = heap.bytes;
        expect(heap.allocate(bytes - START)).toBe(START);
        expect(heap.bytes).toBe(bytes);
      }),
      { numRuns: 300 },
    );
  });

  it('is not refused while a piece of that size is free', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40_000 }), { minLength: 1 }), (sizes) => {
        const heap = makeHeap({ pages: 17, maximumPages: 17 });
        const pointers: number[] = [];
        try {
          for (const bytes of sizes) pointers.push(heap.allocate(bytes));
        } catch {} // Full.
        // Every second one is free; each can be had again.
        const freed = pointers.flatMap((pointer, i) =>
          i % 2 ? [] : [{ pointer, bytes: sizes[i]! }],
        );
        for (const { pointer } of freed) heap.free(pointer);
        freed.sort((a, b) => b.bytes - a.bytes);
        for (const { bytes } of freed) heap.allocate(bytes);
      }),
      { numRuns: 200 },
    );
  });
});
