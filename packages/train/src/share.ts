/** Which of the processes that train together: each learns from its own share of every batch. */
export interface Share {
  /** 0 to `ranks` − 1 */
  readonly rank: number;
  readonly ranks: number;
}

/** Items of a batch that follow each other. */
export interface Items {
  readonly start: number;
  readonly size: number;
}

/**
 * The items of a whole batch that are a rank's: those from ⌊rank · batch / ranks⌋ on. Where the batch cannot be
 * divided evenly, shares differ by one item, and each counts for its size.
 *
 * @throws RangeError where a rank would have none
 */
export function itemsOf({ rank, ranks }: Share, batchSize: number): Items {
  if (batchSize < ranks) {
    throw new RangeError(
      `batch_size=${batchSize} must be at least ${ranks}, because it is shared by ${ranks} ranks and each needs a clip; start fewer ranks, or take a larger batch (--set batch_size=${ranks})`,
    );
  }
  const start = Math.floor((rank * batchSize) / ranks);
  return { start, size: Math.floor(((rank + 1) * batchSize) / ranks) - start };
}
