/** A run of units: in use, or free and in a bin. */
interface Block {
  start: number;
  units: number;
  free: boolean;
  /** Its neighbours in memory. */
  below: Block | undefined;
  above: Block | undefined;
  /** Its neighbours in the bin. */
  previous: Block | undefined;
  next: Block | undefined;
}

/** Bins for each doubling of the size. */
const FINE = 8;
const FINE_BITS = 3;
/** Blocks of a bin that are looked at for the smallest that fits. */
const LOOKS = 16;

/**
 * Which units of a growing range are free: two-level segregated fit (Masmano et al., 2004), with a short
 * search for the best fit in the bin of the size itself. Neighbours that are free are joined at once.
 */
export class Blocks {
  private readonly bins: (Block | undefined)[] = new Array(32 * FINE).fill(undefined);
  /** A bit for each bin that is not empty; of every doubling, and of the doublings themselves. */
  private readonly fine = new Int32Array(32);
  private coarse = 0;
  private readonly inUse = new Map<number, Block>();
  private last: Block | undefined;
  private end: number;

  constructor(start: number) {
    this.end = start;
  }

  /** Free units at the end of the range. */
  get freeAtEnd(): number {
    return this.last?.free ? this.last.units : 0;
  }

  /** The range goes on for so many units. */
  extend(units: number): void {
    if (units <= 0) return;
    const block = this.makeBlock(this.end, units);
    block.below = this.last;
    if (this.last) this.last.above = block;
    this.last = block;
    this.end += units;
    this.release(block);
  }

  /** The first unit of a run of so many, now in use; nothing where there is none. */
  take(units: number): number | undefined {
    const block = this.find(units);
    if (!block) return undefined;
    this.unlink(block);
    if (block.units > units) this.split(block, units);
    block.free = false;
    this.inUse.set(block.start, block);
    return block.start;
  }

  /** Frees the run that begins there. */
  giveBack(start: number): void {
    const block = this.inUse.get(start)!;
    this.inUse.delete(start);
    this.release(block);
  }

  private find(units: number): Block | undefined {
    const bin = binOf(units);
    return (
      this.bestOf(bin, units, LOOKS) ??
      this.firstAbove(bin) ??
      this.bestOf(bin, units, Number.POSITIVE_INFINITY)
    );
  }

  private bestOf(bin: number, units: number, looks: number): Block | undefined {
    let best: Block | undefined;
    for (let block = this.bins[bin]; block && looks > 0; block = block.next, looks--) {
      if (block.units >= units && (!best || block.units < best.units)) best = block;
      if (best?.units === units) break;
    }
    return best;
  }

  /** A block of the smallest bin above: all that are in it fit. */
  private firstAbove(bin: number): Block | undefined {
    const doubling = bin >> FINE_BITS;
    const here = this.fine[doubling]! & (-2 << (bin & (FINE - 1)));
    if (here) return this.bins[doubling * FINE + lowestBit(here)];
    const higher = doubling === 31 ? 0 : this.coarse & (-2 << doubling);
    if (!higher) return undefined;
    const next = lowestBit(higher);
    return this.bins[next * FINE + lowestBit(this.fine[next]!)];
  }

  /** Cuts off what is too much. */
  private split(block: Block, units: number): void {
    const rest = this.makeBlock(block.start + units, block.units - units);
    block.units = units;
    rest.below = block;
    rest.above = block.above;
    if (rest.above) rest.above.below = rest;
    else this.last = rest;
    block.above = rest;
    this.link(rest);
  }

  /** Joins it with its free neighbours. */
  private release(block: Block): void {
    let whole = block;
    const { below, above } = block;
    if (below?.free) {
      this.unlink(below);
      this.join(below, block);
      whole = below;
    }
    if (above?.free) {
      this.unlink(above);
      this.join(whole, above);
    }
    this.link(whole);
  }

  private join(lower: Block, upper: Block): void {
    lower.units += upper.units;
    lower.above = upper.above;
    if (lower.above) lower.above.below = lower;
    else this.last = lower;
  }

  private link(block: Block): void {
    const bin = binOf(block.units);
    const first = this.bins[bin];
    block.free = true;
    block.previous = undefined;
    block.next = first;
    if (first) first.previous = block;
    this.bins[bin] = block;
    const doubling = bin >> FINE_BITS;
    this.fine[doubling]! |= 1 << (bin & (FINE - 1));
    this.coarse |= 1 << doubling;
  }

  private unlink(block: Block): void {
    const { previous, next } = block;
    if (next) next.previous = previous;
    if (previous) {
      previous.next = next;
      return;
    }
    const bin = binOf(block.units);
    this.bins[bin] = next;
    if (next) return;
    const doubling = bin >> FINE_BITS;
    this.fine[doubling]! &= ~(1 << (bin & (FINE - 1)));
    if (!this.fine[doubling]) this.coarse &= ~(1 << doubling);
  }

  private makeBlock(start: number, units: number): Block {
    return {
      start,
      units,
      free: false,
      below: undefined,
      above: undefined,
      previous: undefined,
      next: undefined,
    };
  }
}

/** Sizes below `FINE` have a bin each; above, a bin holds an eighth of a doubling. */
function binOf(units: number): number {
  if (units < FINE) return units;
  const doubling = 31 - Math.clz32(units);
  return (doubling - FINE_BITS + 1) * FINE + ((units >> (doubling - FINE_BITS)) & (FINE - 1));
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
