import { isOutOfMemory } from '@hifigan/ops';
import * as tf from '@tensorflow/tfjs';

/** Clips of a batch that go through the networks together. */
export interface Part {
  /** The first of them. */
  readonly start: number;
  readonly size: number;
  /** `size` over that of the whole batch: what the part's mean counts for in that of the batch. */
  readonly share: number;
}

/** Works through a batch in parts, anew where memory runs out and smaller ones are allowed. */
export type InParts = <T>(pass: (parts: readonly Part[]) => Promise<T>) => Promise<T>;

/** Parts of `most` clips in order; the last may be smaller. */
export function partsOf(batch: number, most: number): Part[] {
  const count = Math.ceil(batch / most);
  return Array.from({ length: count }, (_, index) => {
    const start = index * most;
    const size = Math.min(most, batch - start);
    return { start, size, share: size / batch };
  });
}

/** The same parts where their batch is only a share of a whole one, with other processes at the rest. */
export function partsOfWhole(parts: readonly Part[], share: number): Part[] {
  return parts.map((part) => ({ ...part, share: part.share * share }));
}

/** The clips of a part, along the first axis; the caller's. */
export function clipsOf(x: tf.Tensor3D, { start, size }: Part): tf.Tensor3D {
  return tf.slice(x, [start, 0, 0], [size, -1, -1]);
}

export interface MicroBatchOptions {
  /** Most clips of a part; default: the whole batch. */
  readonly clips?: number;
  /** Whether memory that runs out halves it. */
  readonly adapts?: boolean;
  /** Told of the halving. */
  readonly onSmaller?: (clips: number, error: Error) => void;
}

/** How many clips go through the networks together. */
export class MicroBatch {
  private most: number;
  private readonly options: MicroBatchOptions;

  constructor(options: MicroBatchOptions = {}) {
    const { clips = Number.POSITIVE_INFINITY } = options;
    if (!(clips >= 1 && (Number.isInteger(clips) || clips === Number.POSITIVE_INFINITY))) {
      throw new RangeError(
        `MicroBatch: clips=${clips} must be a whole number from 1 on, because a part of a batch has so many clips`,
      );
    }
    this.options = options;
    this.most = clips;
  }

  /** Whether a pass may run anew in smaller parts. */
  get adapts(): boolean {
    return this.options.adapts === true;
  }

  /** Clips of a part; `Infinity` for a whole batch, however large. */
  get clips(): number {
    return this.most;
  }

  /**
   * Runs a pass over a batch in parts. Where memory runs out and this adapts, it runs anew in parts of half the size,
   * so the pass must change nothing before it is through, and leave no tensors behind where it fails.
   *
   * @param beforeAnew frees what is held for the sake of speed
   * @throws what the pass throws, where it is of another kind or parts are of one clip already
   */
  async run<T>(
    batch: number,
    pass: (parts: readonly Part[]) => Promise<T>,
    beforeAnew: () => void,
  ): Promise<T> {
    for (;;) {
      try {
        return await pass(partsOf(batch, Math.min(batch, this.most)));
      } catch (error) {
        const clips = Math.min(batch, this.most);
        if (!this.options.adapts || clips === 1 || !isOutOfMemory(error)) throw error;
        this.most = Math.ceil(clips / 2);
        beforeAnew();
        this.options.onSmaller?.(this.most, error);
      }
    }
  }
}
