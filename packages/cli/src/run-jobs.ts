import { type Context, heedInterrupt } from './context.js';
import { explain, Interrupted } from './errors.js';
import type { Job } from './files/plan-outputs.js';
import { writeAtomic } from './files/write-atomic.js';
import { createProgress } from './terminal/progress.js';

/** A result to write, and what is said of it with `--json`. */
export interface JobResult {
  readonly bytes: Uint8Array;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What became of all. */
export interface JobsReport {
  readonly files: readonly Readonly<Record<string, unknown>>[];
  readonly failed: readonly { readonly in: string; readonly reason: string }[];
}

/**
 * Does one job after the other and writes each result at once, so that nothing is lost. Where one of several fails,
 * that is told and the others go on.
 *
 * @param work may call `advance` with its share done, which throws after Ctrl-C
 */
export async function runJobs(
  context: Context,
  label: string,
  jobs: readonly Job[],
  work: (job: Job, advance: (share: number) => Promise<void>) => Promise<JobResult>,
): Promise<JobsReport> {
  const { console } = context;
  const files: Record<string, unknown>[] = [];
  const failed: { in: string; reason: string }[] = [];
  const progress = createProgress(context, label, jobs.length);
  for (const [index, job] of jobs.entries()) {
    try {
      await heedInterrupt(context);
      progress.update(index, job.file.relative);
      const { bytes, facts } = await work(job, async (share) => {
        await heedInterrupt(context);
        progress.update(index + share, job.file.relative);
      });
      if (job.output === '-') await console.result(bytes);
      else await writeAtomic(job.output, bytes);
      files.push({ in: job.file.shown, out: job.shown, ...facts });
    } catch (error) {
      progress.end();
      if (error instanceof Interrupted)
        throw new Interrupted(whatIsKept(files.length, jobs.length));
      if (jobs.length === 1) throw error;
      const reason = explain(error);
      console.error(reason);
      failed.push({ in: job.file.shown, reason });
    }
  }
  progress.end();
  return { files, failed };
}

function whatIsKept(finished: number, all: number): string {
  if (finished === 0) return 'interrupted; nothing was written';
  return `interrupted; ${finished} of ${all} files are finished and kept, none is half written`;
}
