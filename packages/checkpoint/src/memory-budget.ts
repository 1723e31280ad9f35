import type { FormatError } from './named-array.js';

/** What any file may take, however small it is. */
const FLOOR = 64 * 2 ** 20;

/**
 * How many times its own size a file may take besides: values widen fourfold at most (int8 to int32), and tables of
 * what is there take their part.
 */
const FACTOR = 8;

/** Most bytes that reading a file of this size may take. */
export function memoryBound(fileSize: number): number {
  return FLOOR + FACTOR * fileSize;
}

/**
 * What a file may unfold to. Whatever a reader makes is charged before it is made, so that a few bytes which stand for
 * gigabytes (a zip bomb, a storage that is repeated, a shape without data) end in an error, and not in want of memory.
 */
export class MemoryBudget {
  private readonly bound: number;
  private left: number;
  private readonly fail: (what: string) => FormatError;

  constructor(fileSize: number, fail: (what: string) => FormatError) {
    this.bound = memoryBound(fileSize);
    this.left = this.bound;
    this.fail = fail;
  }

  /** @throws FormatError where that is more than is left */
  charge(bytes: number): void {
    this.require(bytes);
    this.left -= bytes;
  }

  /** Looks whether there is as much left, of what will be charged when it comes. @throws FormatError where not */
  require(bytes: number): void {
    // Written so that NaN fails.
    if (!(bytes <= this.left)) {
      throw this.fail(
        `it unfolds to more than ${this.bound} bytes, which is out of proportion to its size`,
      );
    }
  }
}
