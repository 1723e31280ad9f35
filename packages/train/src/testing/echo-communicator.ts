import type { Communicator, Pending } from '../node/mpi/communicator.js';

/**
 * A communicator for tests, whose other ranks all have and say the same as this one, unless `others` says what else.
 */
export function echoCommunicator(
  options: {
    readonly rank?: number;
    readonly size?: number;
    /** What the others tell, in the order of their ranks, at each `allgather`. */
    readonly others?: readonly string[];
    /** Told of the length of each sum, when it begins. */
    readonly onSum?: (length: number) => void;
  } = {},
): Communicator {
  const { rank = 0, size = 2, others, onSum } = options;
  const done: Pending = { test: () => true, wait: () => undefined, done: async () => undefined };
  const sum: Communicator['allreduceSum'] = (values) => {
    onSum?.(values.length);
    for (let i = 0; i < values.length; i++) values[i] *= size;
  };
  return {
    ...{ rank, size, library: 'Echo MPI' },
    local: { rank, size },
    allreduceSum: sum,
    iallreduceSum(values) {
      sum(values);
      return done;
    },
    broadcast: () => undefined,
    allgather(bytes) {
      if (!others) return Array.from({ length: size }, () => bytes);
      const told = others.map((text) => new TextEncoder().encode(text));
      return [...told.slice(0, rank), bytes, ...told.slice(rank)];
    },
    ibarrier: () => done,
    abort: () => undefined,
    finalize: () => undefined,
  };
}
