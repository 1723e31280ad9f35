import type { Context } from '../context.js';
import type { Job } from '../files/plan-outputs.js';
import type { JobsReport } from '../run-jobs.js';
import { stateOfResult } from './state-of-result.js';

/** What `--resume` finds. */
export interface ResumedJobs {
  /** That are to be done. */
  readonly jobs: readonly Job[];
  /** How many are done already. */
  readonly kept: number;
  /** Whose place is taken by what may be another's. */
  readonly failed: JobsReport['failed'];
}

/** What is wrong with a result that cannot stay. */
const WRONG = { old: 'is older than its input', broken: 'is not whole, or not ours' } as const;

/**
 * Sorts jobs by what lies where their results go. Whoever made what is old or broken, it is written over with `force`
 * alone, and told.
 */
export async function resumeJobs(
  { console }: Context,
  planned: readonly Job[],
  force: boolean,
): Promise<ResumedJobs> {
  const jobs: Job[] = [];
  const failed: JobsReport['failed'][number][] = [];
  for (const job of planned) {
    const state = await stateOfResult(job);
    if (state === 'whole') continue;
    if (state === 'missing' || force) {
      jobs.push(job);
      if (state !== 'missing') console.note(`${job.shown}: made anew, because it ${WRONG[state]}`);
      continue;
    }
    const { shown } = job.file;
    const reason = `${shown}: ${job.shown} ${WRONG[state]}, and stays as it is; remove it, or make it anew with --resume --force`;
    console.error(reason);
    failed.push({ in: shown, reason });
  }
  return { jobs, kept: planned.length - jobs.length - failed.length, failed };
}
