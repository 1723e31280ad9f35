import { OutOfMemoryError } from '@hifigan/ops';
import { Blocks } from './blocks.js';
import { LOWEST_HEAP } from './control-block.js';

export const PAGE = 65536;
/** Allocations begin at multiples of it and take whole ones. */
export const UNIT = 64;
/** One less than 4 GiB, so that the end of everything is a 32-bit number. */
const MOST_PAGES = 65535;
/** The memory grows by a quarter of itself, but by no more than this. */
const MOST_GROWTH_PAGES = 1024;

export interface HeapOptions {
  readonly memory: WebAssembly.Memory;
  /** Where it begins; below lies what is not its own. */
  readonly start?: number;
  /** Pages that the memory may grow to. */
  readonly maximumPages?: number;
}

/**
 * An allocator over a WebAssembly memory. Its own notes are kept outside of it. Only the main thread allocates.
 *
 * Views end with the next allocation: where it grows an unshared memory, they are detached.
 */
export class Heap {
  /** Pages that the memory may grow to. */
  readonly maximumPages: number;
  private readonly blocks: Blocks;
  private readonly start: number;
  private readonly sizes = new Map<number, number>();
  private ownMemory: WebAssembly.Memory;
  private buffer: ArrayBufferLike;
  private used = 0;
  private peak = 0;
  private wholeFloats: Float32Array;
  private wholeWords: Int32Array;
  private wholeBytes: Uint8Array;

  constructor({ memory, start = LOWEST_HEAP, maximumPages = MOST_PAGES }: HeapOptions) {
    this.ownMemory = memory;
    this.start = Math.ceil(start / UNIT) * UNIT;
    this.maximumPages = Math.min(maximumPages, MOST_PAGES);
    this.buffer = memory.buffer;
    this.wholeFloats = new Float32Array(this.buffer);
    this.wholeWords = new Int32Array(this.buffer);
    this.wholeBytes = new Uint8Array(this.buffer);
    this.blocks = new Blocks(this.start / UNIT);
    this.blocks.extend(Math.floor((this.buffer.byteLength - this.start) / UNIT));
  }

  get memory(): WebAssembly.Memory {
    return this.ownMemory;
  }

  /** Bytes that are allocated now, rounded up to whole units. */
  get bytesInUse(): number {
    return this.used * UNIT;
  }

  /** The most bytes that were ever allocated at once. */
  get peakBytes(): number {
    return this.peak * UNIT;
  }

  /** Bytes of the memory, used or not. */
  get bytes(): number {
    return this.buffer.byteLength;
  }

  /**
   * Memory that begins at a multiple of 64 bytes; what is in it is anybody's guess.
   *
   * @returns its address, never 0
   * @throws OutOfMemoryError where 4 GiB would be exceeded; then nothing is changed
   */
  allocate(bytes: number): number {
    if (!(bytes >= 0)) throw new Error(`Heap.allocate: bytes=${bytes} must be a number from 0 on`);
    const units = Math.max(1, Math.ceil(bytes / UNIT));
    let start = this.blocks.take(units);
    if (start === undefined) {
      this.grow(units, bytes);
      start = this.blocks.take(units)!;
    }
    this.sizes.set(start, units);
    this.used += units;
    if (this.used > this.peak) this.peak = this.used;
    return start * UNIT;
  }

  /** @throws where nothing was allocated at that address */
  free(pointer: number): void {
    const start = pointer / UNIT;
    const units = this.sizes.get(start);
    if (units === undefined) {
      throw new Error(`Heap.free: pointer=${pointer} must come from allocate() and be freed once`);
    }
    this.sizes.delete(start);
    this.used -= units;
    this.blocks.giveBack(start);
  }

  /**
   * Goes on in another memory, of as many pages, with all that is allocated or lies below the heap. Addresses stay
   * what they were, views do not.
   */
  moveTo(memory: WebAssembly.Memory): void {
    const from = this.wholeBytes;
    this.ownMemory = memory;
    this.takeViews();
    // What is free is not copied: the host need not find room for it yet.
    this.wholeBytes.set(from.subarray(0, this.start));
    for (const [start, units] of this.sizes) {
      this.wholeBytes.set(from.subarray(start * UNIT, (start + units) * UNIT), start * UNIT);
    }
  }

  /** Whether an array lies in this memory, so that its values may change. */
  owns(array: ArrayBufferView): boolean {
    // A shared memory that grew has several buffers for the same bytes.
    return (
      array.buffer === this.buffer ||
      (typeof SharedArrayBuffer === 'function' && array.buffer instanceof SharedArrayBuffer)
    );
  }

  /** The whole memory as float32: address / 4 is the index. */
  get floats(): Float32Array {
    return this.wholeFloats;
  }

  /** The whole memory as int32: address / 4 is the index. */
  get words(): Int32Array {
    return this.wholeWords;
  }

  get memoryBytes(): Uint8Array {
    return this.wholeBytes;
  }

  /** A view of `length` values. */
  float32(pointer: number, length: number): Float32Array {
    return new Float32Array(this.buffer, pointer, length);
  }

  int32(pointer: number, length: number): Int32Array {
    return new Int32Array(this.buffer, pointer, length);
  }

  uint8(pointer: number, length: number): Uint8Array {
    return new Uint8Array(this.buffer, pointer, length);
  }

  /** Makes room for a block of so many units at the end. */
  private grow(units: number, bytes: number): void {
    const pages = this.buffer.byteLength / PAGE;
    const missing = units - this.blocks.freeAtEnd;
    const needed = Math.ceil((missing * UNIT) / PAGE);
    const comfortable = Math.max(needed, Math.min(Math.ceil(pages / 4), MOST_GROWTH_PAGES));
    const room = this.maximumPages - pages;
    const grown =
      needed <= room &&
      (this.growBy(Math.min(comfortable, room)) || (needed < comfortable && this.growBy(needed)));
    if (!grown) throw new OutOfMemoryError(this.exhausted(bytes));
    this.blocks.extend((this.buffer.byteLength - pages * PAGE) / UNIT);
  }

  private growBy(pages: number): boolean {
    try {
      this.memory.grow(pages);
    } catch {
      return false; // A RangeError, whatever the reason.
    }
    this.takeViews();
    return true;
  }

  private takeViews(): void {
    this.buffer = this.memory.buffer;
    this.wholeFloats = new Float32Array(this.buffer);
    this.wholeWords = new Int32Array(this.buffer);
    this.wholeBytes = new Uint8Array(this.buffer);
  }

  private exhausted(bytes: number): string {
    const mebibytes = (count: number) => `${Math.ceil(count / 2 ** 20)} MiB`;
    const most = this.maximumPages * PAGE;
    const why =
      this.start + this.bytesInUse + bytes > most
        ? `WebAssembly's memory ends at ${mebibytes(most)}`
        : `no piece of that size is left of ${mebibytes(most)}, or the host gives no more`;
    return (
      `Heap.allocate: bytes=${bytes} (${mebibytes(bytes)}) must fit beside the ` +
      `${mebibytes(this.bytesInUse)} in use, because ${why}; take a smaller batch or micro-batches, ` +
      'shorter audio or smaller pieces of it (chunkFrames), or another backend (tensorflow)'
    );
  }
}
