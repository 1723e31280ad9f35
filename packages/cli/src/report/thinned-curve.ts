/** A stretch of a curve. */
export interface CurvePoint {
  /** Of its last record. */
  readonly step: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

interface Bucket extends CurvePoint {
  readonly count: number;
}

/** More would not be seen. */
const MOST = 800;

/** A curve of any number of records in bounded memory: where there are many, neighbours are drawn as one. */
export class ThinnedCurve {
  /** Records. */
  count = 0;
  first: { readonly step: number; readonly value: number } | undefined;
  least: { readonly step: number; readonly value: number } | undefined;
  last: { readonly step: number; readonly value: number } | undefined;
  private buckets: Bucket[] = [];
  private width = 1;

  /** What is no number (a loss that ran away) is left out. */
  add(step: number, value: number): void {
    if (!Number.isFinite(value)) return;
    const at = { step, value };
    this.count++;
    this.first ??= at;
    if (!this.least || value < this.least.value) this.least = at;
    this.last = at;
    const one: Bucket = { step, mean: value, low: value, high: value, count: 1 };
    const open = this.buckets.at(-1);
    if (open && open.count < this.width) this.buckets[this.buckets.length - 1] = joined(open, one);
    else this.buckets.push(one);
    if (this.buckets.length < MOST) return;
    // Only whole ones: the next opens anew.
    this.width *= 2;
    const pairs: Bucket[] = [];
    for (let i = 0; i < this.buckets.length; i += 2) {
      const [a, b] = [this.buckets[i], this.buckets[i + 1]];
      pairs.push(b ? joined(a, b) : a);
    }
    this.buckets = pairs;
  }

  get points(): readonly CurvePoint[] {
    return this.buckets;
  }
}

function joined(a: Bucket, b: Bucket): Bucket {
  const count = a.count + b.count;
  return {
    count,
    step: b.step,
    mean: (a.mean * a.count + b.mean * b.count) / count,
    low: Math.min(a.low, b.low),
    high: Math.max(a.high, b.high),
  };
}
