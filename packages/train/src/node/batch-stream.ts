import type { Batch, Place } from '../batches.js';

/** Where batches are made. */
export interface BatchMaker {
  at(place: Place): Promise<Batch>;
  dispose?(): Promise<void>;
}

export interface BatchStreamOptions {
  readonly maker: BatchMaker;
  readonly perEpoch: number;
  readonly after: (place: Place) => Place;
  /** Batches that are made ahead of the one that is asked for. */
  readonly ahead: number;
  /** Milliseconds. */
  readonly now: () => number;
}

/** Batches one after the other, the next ones being made while a step computes. Never more than a few wait. */
export class BatchStream {
  readonly perEpoch: number;
  private readonly options: BatchStreamOptions;
  private begun = new Map<string, Promise<Batch>>();
  private seconds = 0;
  private asked = 0;

  constructor(options: BatchStreamOptions) {
    this.options = options;
    this.perEpoch = options.perEpoch;
  }

  /** How long the last batch was waited for. */
  get waitedSeconds(): number {
    return this.seconds;
  }

  /** Since the last batch was asked for. */
  secondsSince(): number {
    return (this.options.now() - this.asked) / 1000;
  }

  /** The place after this one. */
  after(place: Place): Place {
    return this.options.after(place);
  }

  /**
   * The batch of a place; those behind it are begun.
   *
   * @throws what making it threw, and nothing of those behind it
   */
  async at(place: Place): Promise<Batch> {
    const { now, ahead } = this.options;
    this.asked = now();
    const wanted = this.begin(place);
    const next = new Map<string, Promise<Batch>>();
    for (let i = 0, one = this.after(place); i < ahead; i++, one = this.after(one)) {
      next.set(keyOf(one), this.begin(one));
    }
    this.begun = next;
    try {
      return await wanted;
    } finally {
      this.seconds = (now() - this.asked) / 1000;
    }
  }

  /** Ends what is under way. */
  async dispose(): Promise<void> {
    await this.options.maker.dispose?.();
    await Promise.allSettled(this.begun.values());
    this.begun.clear();
  }

  private begin(place: Place): Promise<Batch> {
    const begun = this.begun.get(keyOf(place));
    if (begun) return begun;
    const batch = this.options.maker.at(place);
    // Nobody may ever ask for it.
    batch.catch(() => undefined);
    return batch;
  }
}

function keyOf({ epoch, batch }: Place): string {
  return `${epoch}/${batch}`;
}
