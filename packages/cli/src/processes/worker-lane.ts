import type { Context } from '../context.js';
import { UserError } from '../errors.js';
import { LaneEnded } from '../run-jobs.js';
import { ProcessFailure, startAskedProcess } from './asked-process.js';

/** What every worker is asked first and last: `start` with its options, and to tell what was only counted. */
interface Ends {
  readonly start: unknown;
  readonly finish: null;
}

/** A process that works on one thing after the other; where it dies, another takes its place. */
export interface WorkerLane<Question extends { readonly ask: string }, Answers extends Ends> {
  /** What it answered to its start. */
  readonly about: Answers['start'];
  /**
   * @param shown what it works on, for errors
   * @param onNews told what it tells on its way
   * @throws what the worker says; LaneEnded where no process can be started any more
   */
  ask<Q extends Question>(
    question: Q,
    shown: string,
    onNews: (news: unknown) => void,
  ): Promise<Answers[Q['ask'] & keyof Answers]>;
  end(): Promise<void>;
}

export interface WorkerLaneOptions<Question> {
  /** File that runs the command line. */
  readonly program: string;
  /** The hidden verb that answers. */
  readonly verb: string;
  /** Asked of each process first. */
  readonly start: Question;
}

/** Seconds that an answer may take: a file may be a day long. */
const PATIENCE = 30 * 24 * 3600;

/** Processes of a lane that may fail to start one after the other: then something else is wrong than the files. */
const MOST_FAILED_STARTS = 5;

/** @throws what the first process says to its start */
export async function startWorkerLane<
  Question extends { readonly ask: string },
  Answers extends Ends,
>(
  context: Context,
  { program, verb, start }: WorkerLaneOptions<Question & { readonly ask: 'start' }>,
): Promise<WorkerLane<Question, Answers>> {
  let tellNews: ((news: unknown) => void) | undefined;
  const started = async () => {
    const child = startAskedProcess<Question, Answers>({
      ...{ program, verb, cwd: context.cwd, env: context.env },
      ...{ signal: context.signal, patience: PATIENCE, tidies: true },
      // Its notes are ours.
      onLine: (line) => context.console.warn(line.replace(/^note: /, '')),
      onNews: (news) => tellNews?.(news),
    });
    try {
      return { child, about: await child.ask(start) };
    } catch (error) {
      await child.end();
      throw error;
    }
  };
  const { child, about } = await started();
  let process: typeof child | undefined = child;
  /** Another where the one before has died. */
  const living = async () => {
    if (process?.alive) return process;
    process = undefined;
    for (let failed = 1; ; failed++) {
      try {
        process = (await started()).child;
        return process;
      } catch (error) {
        if (!(error instanceof ProcessFailure)) throw error;
        if (failed < MOST_FAILED_STARTS) continue;
        throw new LaneEnded(`${failed} processes ended one after the other: ${error.message}`);
      }
    }
  };
  return {
    about,
    async ask(question, shown, onNews) {
      const working = await living();
      tellNews = onNews;
      try {
        return await working.ask(question);
      } catch (error) {
        if (working.alive) throw error;
        await working.end();
        if (!(error instanceof ProcessFailure)) throw error;
        throw new UserError(`${shown}: ${error.message}`, { cause: error });
      } finally {
        tellNews = undefined;
      }
    },
    async end() {
      const finish = { ask: 'finish' } as Question & { readonly ask: 'finish' };
      await process?.ask(finish).catch(() => undefined);
      await process?.end();
    },
  };
}

/**
 * Several of them; the first alone at first, so that what is wrong with all is told once.
 *
 * @throws what one of them throws; then none is left
 */
export async function startLanes<Lane extends { end(): Promise<void> }>(
  count: number,
  start: () => Promise<Lane>,
): Promise<readonly [Lane, ...Lane[]]> {
  const first = await start();
  const others = await Promise.allSettled(Array.from({ length: count - 1 }, start));
  const lanes = [
    first,
    ...others.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])),
  ] as const;
  const failed = others.find((one) => one.status === 'rejected');
  if (!failed) return lanes;
  await Promise.all(lanes.map((lane) => lane.end()));
  throw failed.reason;
}
