import type { Entrant } from './entrant.js';
import type { Timing } from './interleave.js';
import type { ContenderProcess, Started } from './task.js';

/** Rounds that are not counted: the first compile and allocate. */
export const WARM_UP = 2;

/** How much is measured. */
export interface Effort {
  /** Of one run. */
  readonly frames: number;
  /** Of the piece that is heard first. */
  readonly chunkFrames: number;
  readonly rounds: number;
  /** What the rounds of an entrant may take together; who is slower does less. */
  readonly maxSeconds: number;
}

/** Seconds of one round. */
export interface Round extends Timing {
  /** From a warm model to the first piece; undefined where it cannot be told. */
  readonly latency?: number;
}

/** An entrant that is ready. */
export interface Running {
  readonly entrant: Entrant;
  readonly process: ContenderProcess;
  readonly started: Started;
  readonly first?: number;
  readonly frames: number;
  readonly rounds: number;
  /** That a round of all the frames wanted would take. */
  readonly seconds: number;
  /** Whether it does fewer rounds, and no warm-up. */
  readonly slow: boolean;
  /** Whether the first piece is made in each round. */
  readonly begins: boolean;
}

/** Starts an entrant, makes its first piece, and decides how much it can do. */
export async function warmUp(
  entrant: Entrant,
  process: ContenderProcess,
  { frames: wanted, chunkFrames, rounds, maxSeconds }: Effort,
): Promise<Running> {
  const started = await process.ask({ ask: 'start', task: entrant.task });
  const common = { entrant, process, started };
  const paceOf = (affordable: number) => ({
    rounds: Math.max(1, Math.min(rounds, Math.floor(affordable))),
    slow: affordable < rounds,
  });
  const { fixedFrames } = started;
  if (fixedFrames !== undefined) {
    const { wall } = await process.ask({ ask: 'run', frames: fixedFrames });
    const own = { frames: fixedFrames, seconds: wall, begins: false };
    return { ...common, ...paceOf(maxSeconds / wall), ...own };
  }
  const { wall: first } = await process.ask({ ask: 'begin', frames: chunkFrames });
  const computed = chunkFrames + started.framesAfter;
  const estimate = (seconds: number) => seconds + (seconds * wanted) / computed;
  // A cold run may be slow for once.
  const patient = first <= maxSeconds;
  const paced =
    patient && estimate(first) * rounds > maxSeconds
      ? (await process.ask({ ask: 'begin', frames: chunkFrames })).wall
      : first;
  const affordable = maxSeconds / estimate(paced);
  const most = Math.max(1, Math.floor((maxSeconds / paced) * computed));
  const frames = affordable >= 1 ? wanted : Math.min(wanted, most);
  const seconds = estimate(paced);
  return { ...common, ...paceOf(affordable), first, frames, seconds, begins: patient };
}

/** The first piece, and the whole. */
export async function playRound(
  { process, frames, begins, first }: Running,
  { chunkFrames }: Effort,
): Promise<Round> {
  const latency = begins
    ? (await process.ask({ ask: 'begin', frames: chunkFrames })).wall
    : // Too slow to be done again: being cold makes no difference then.
      first;
  return { ...(await process.ask({ ask: 'run', frames })), latency };
}
