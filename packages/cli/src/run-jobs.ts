import { type Context, heedInterrupt } from './context.js';
import { explain, Interrupted } from './errors.js';
import type { Job } from './files/plan-outputs.js';
import { createProgress } from './terminal/progress.js';

/** What is said of a result with `--json`. */
export type Facts = object;

/**
 * Does a job and writes its result.
 *
 * @param advance to be called with the share done, NaN where that is not known, and more to say of it; throws after
 *   Ctrl-C
 */
export type Work = (
  job: Job,
  advance: (share: number, detail?: string) => Promise<void>,
) => Promise<Facts>;

/** Whoever does jobs is at an end, and has not begun the one that it was given: others take it. */
export class LaneEnded extends Error {
  override readonly name = 'LaneEnded';
}

/** What became of all. */
export interface JobsReport {
  readonly files: readonly Readonly<Record<string, unknown>>[];
  /** The reason begins with the name of the input. */
  readonly failed: readonly { readonly in: string; readonly reason: string }[];
}

export interface RunJobsOptions {
  /** What is done, for the line of progress. */
  readonly label: string;
  readonly jobs: readonly Job[];
  /** Each does one job after the other, all of them side by side. */
  readonly lanes: readonly Work[];
  /** Whether the command has no other job, here or in another process that shares the work. */
  readonly alone: boolean;
}

/**
 * Does jobs and has each result written at once, so that nothing is lost. Where one of several fails, that is told
 * and the others go on.
 *
 * @returns what became of them, in the order of the jobs
 * @throws Interrupted after Ctrl-C; the error of a job that is alone
 */
export async function runJobs(
  context: Context,
  { label, jobs, lanes, alone }: RunJobsOptions,
): Promise<JobsReport> {
  const { console } = context;
  const files = new Map<Job, Record<string, unknown>>();
  const failed = new Map<Job, { in: string; reason: string }>();
  /** Shares of the jobs that are under way. */
  const shares = new Map<Job, number>();
  const done = () =>
    [...shares.values()].reduce((sum, share) => sum + share, files.size + failed.size);
  // Of a pipe, nobody knows where it ends.
  const progress = createProgress(context, label, () =>
    Number.isNaN(done()) ? Number.NaN : jobs.length,
  );
  const waiting = [...jobs];
  const working = new Set(lanes);
  let interrupted = false;
  let whyEnded = '';
  const fail = (job: Job, why: string) => {
    const { shown } = job.file;
    // Of many, each says which; errors of files do so already.
    const reason = why.startsWith(`${shown}: `) ? why : `${shown}: ${why}`;
    console.error(reason);
    failed.set(job, { in: job.file.shown, reason });
  };
  const runLane = async (work: Work): Promise<void> => {
    for (let job = waiting.shift(); job && !interrupted; job = waiting.shift()) {
      const present = job;
      const show = (share: number, detail = '') => {
        shares.set(present, share);
        progress.update(done(), `${present.file.relative}${detail && `, ${detail}`}`);
      };
      try {
        await heedInterrupt(context);
        show(0);
        const facts = await work(present, async (share, detail) => {
          await heedInterrupt(context);
          show(share, detail);
        });
        files.set(present, { in: present.file.shown, out: present.shown, ...facts });
      } catch (error) {
        progress.end();
        if (error instanceof Interrupted) {
          interrupted = true;
          return;
        }
        if (alone) throw error;
        if (error instanceof LaneEnded) {
          waiting.unshift(present);
          working.delete(work);
          whyEnded = error.message;
          return;
        }
        fail(present, explain(error));
      } finally {
        shares.delete(present);
      }
    }
  };
  // Once more, where one has given a job back that the others had no more time to see.
  while (waiting.length > 0 && working.size > 0 && !interrupted) {
    await Promise.all([...working].map(runLane));
  }
  progress.end();
  if (!interrupted) {
    for (const job of waiting) fail(job, `was not begun, because ${whyEnded}`);
  }
  if (interrupted) throw new Interrupted(whatIsKept(files.size, jobs.length));
  const inOrder = <T>(found: ReadonlyMap<Job, T>) => jobs.flatMap((job) => found.get(job) ?? []);
  return { files: inOrder(files), failed: inOrder(failed) };
}

function whatIsKept(finished: number, all: number): string {
  if (finished === 0) return 'interrupted; nothing was written';
  return `interrupted; ${finished} of ${all} files are finished and kept, none is half written`;
}
