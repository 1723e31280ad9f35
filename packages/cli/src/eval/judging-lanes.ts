import { availableParallelism } from 'node:os';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { startLanes, startWorkerLane } from '../processes/worker-lane.js';
import type { EvalItem } from './find-items.js';
import { ItemJudge, type JudgeOptions } from './item-judge.js';
import type { JudgedItem } from './judged.js';
import type { EvalSystem } from './systems.js';

/** What can be asked of a process that judges, one after the other. */
export type JudgeQuestion =
  | { readonly ask: 'start'; readonly options: JudgeOptions }
  | { readonly ask: 'judge'; readonly item: EvalItem }
  | { readonly ask: 'finish' };

/** What it answers; on its way it tells the share that is done. */
export interface JudgeAnswers {
  readonly start: null;
  readonly judge: JudgedItem;
  readonly finish: null;
}

/** Judges one item after the other. */
type Judging = (item: EvalItem, advance: (share: number) => Promise<void>) => Promise<JudgedItem>;

/** Those that judge side by side. */
export interface JudgingLanes {
  readonly judges: readonly Judging[];
  /** One in this process, where there is one. */
  readonly own?: ItemJudge;
  /** Ends them; done when they are gone. */
  end(): Promise<void>;
}

/** Files below which starting a process takes longer than it saves. */
const FILES_PER_WORKER = 4;

/**
 * As many as the machine has cores for, and as there is work for. A model's threads share the work already, and several
 * may not fit into a GPU's memory.
 */
export function usualWorkers(
  { program }: Context,
  { files, systems }: { readonly files: number; readonly systems: readonly EvalSystem[] },
): number {
  if (program === undefined || systems.some(({ kind }) => kind === 'model')) return 1;
  return Math.max(1, Math.min(availableParallelism(), Math.floor(files / FILES_PER_WORKER)));
}

/**
 * One that judges in this process, or several processes with a share of the processor each.
 *
 * @throws what `ItemJudge.open` throws
 */
export async function openJudges(
  context: Context,
  { workers, ...options }: JudgeOptions & { readonly workers: number },
): Promise<JudgingLanes> {
  if (workers === 1) {
    const own = await ItemJudge.open(context, options);
    return { own, judges: [own.judge.bind(own)], end: () => own.end() };
  }
  const { program } = context;
  if (program === undefined) {
    throw new UsageError(
      'eval: program must be handed to main for --workers, because each is a process that runs it; give the file of yours, or use hifigan',
    );
  }
  const threads = options.threads ?? Math.max(1, Math.floor(availableParallelism() / workers));
  const lanes = await startLanes(workers, () =>
    startWorkerLane<JudgeQuestion, JudgeAnswers>(context, {
      ...{ program, verb: 'eval-worker' },
      start: { ask: 'start', options: { ...options, threads } },
    }),
  );
  return {
    judges: lanes.map((lane): Judging => {
      return (item, advance) =>
        lane.ask({ ask: 'judge', item }, item.reference.shown, (share) => {
          // After Ctrl-C it throws, and the answer that is waited for says so as well.
          void advance(Number(share)).catch(() => undefined);
        });
    }),
    async end() {
      await Promise.all(lanes.map((lane) => lane.end()));
    },
  };
}
