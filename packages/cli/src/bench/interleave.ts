import { setTimeout } from 'node:timers/promises';

/** Seconds: by the clock, and of all the process's threads together, which other programs disturb less. */
export interface Timing {
  readonly wall: number;
  readonly cpu: number;
}

/** One side of a comparison. */
export interface Contender<T extends Timing = Timing> {
  readonly name: string;
  /** Its own number of rounds, and no warm-up: for who is slow. */
  readonly rounds?: number;
  /** One round; undefined from who has dropped out and is not asked again. */
  run(): Promise<T | undefined> | T | undefined;
}

/** The least of each over all rounds; Infinity of who dropped out before the first. */
export interface Result<T extends Timing = Timing> extends Timing {
  readonly name: string;
  readonly rounds: readonly T[];
}

/**
 * Milliseconds between two turns: the threads of some libraries spin for a while after their work, and who came next
 * would have half a core less.
 */
const REST = 100;

/**
 * Lets the contenders take turns, with a rest between, so that each meets the same disturbances.
 *
 * @returns in the order of the contenders
 */
export async function interleave<T extends Timing>(
  contenders: readonly Contender<T>[],
  { rounds, warmUp = 1 }: { readonly rounds: number; readonly warmUp?: number },
): Promise<Result<T>[]> {
  const timings: T[][] = contenders.map(() => []);
  const out = new Set<Contender<T>>();
  const most = Math.max(0, ...contenders.map(({ rounds: own = rounds }) => own));
  for (let round = -warmUp; round < most; round++) {
    for (const [index, contender] of contenders.entries()) {
      const own = contender.rounds ?? rounds;
      const cold = round < 0 && contender.rounds !== undefined;
      if (out.has(contender) || round >= own || cold) continue;
      if (contenders.length > 1) await setTimeout(REST);
      const timing = await contender.run();
      if (timing === undefined) out.add(contender);
      else if (round >= 0) timings[index].push(timing);
    }
  }
  return contenders.map(({ name }, index) => ({
    name,
    wall: Math.min(...timings[index].map(({ wall }) => wall)),
    cpu: Math.min(...timings[index].map(({ cpu }) => cpu)),
    rounds: timings[index],
  }));
}
