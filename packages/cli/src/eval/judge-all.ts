import type { Context } from '../context.js';
import { Interrupted } from '../errors.js';
import type { Job } from '../files/plan-outputs.js';
import { exists } from '../files/write-atomic.js';
import { runJobs, type Work } from '../run-jobs.js';
import { type EvalItem, generatedBy } from './find-items.js';
import { isJudged, type JudgedItem } from './judged.js';
import { openJudges, usualWorkers } from './judging-lanes.js';
import type { Plan } from './plan.js';

/** What could not be judged. */
export interface Failed {
  readonly file: string;
  /** Absent where it is the reference. */
  readonly system?: string;
  readonly reason: string;
}

/** All that was judged. */
export interface JudgedAll {
  readonly items: readonly JudgedItem[];
  readonly failed: readonly Failed[];
  /** What an end by Ctrl-C leaves from now on, in words. */
  readonly whatStays: () => Promise<string>;
}

/** Measures each file; in the order of the references. Failures are told at once. @throws Interrupted after Ctrl-C */
export async function judgeAll(
  context: Context,
  { options, found, systems, judging }: Plan,
): Promise<JudgedAll> {
  const { console } = context;
  const workers = Math.min(
    options.workers ?? usualWorkers(context, { files: found.items.length, systems }),
    found.items.length,
  );
  const lanes = await openJudges(context, { ...judging, workers });
  const itemOf = new Map(
    found.items.map((item) => [
      { file: item.reference, output: '', shown: item.name } as Job,
      item,
    ]),
  );
  const judged = new Map<EvalItem, JudgedItem>();
  const broken = new Map<EvalItem, Failed[]>();
  // Of --keep, also what was made of references that are not done; neither is half written.
  const whatStays = async () => {
    const told = options.ndjson && judged.size > 0;
    const kept = judging.keep !== undefined && (await exists(judging.keep));
    const stays = [
      ...(told ? [`the lines of ${judged.size} of ${found.items.length} files are told`] : []),
      ...(kept ? [`what was made of references by then stays in ${options.keep}`] : []),
    ];
    return stays.length > 0
      ? `interrupted, without a result; ${stays.join('; ')}`
      : 'interrupted; nothing was written';
  };
  try {
    const report = await runJobs(context, {
      ...{ label: 'eval', jobs: [...itemOf.keys()], alone: false },
      lanes: lanes.judges.map((judge): Work => {
        return async (job, advance) => {
          const item = itemOf.get(job)!;
          const result = await judge(item, advance);
          judged.set(item, result);
          const failed = failuresOf(item, result);
          for (const { reason } of failed) console.error(reason);
          broken.set(item, failed);
          if (options.ndjson) {
            await console.result(JSON.stringify({ kind: 'file', ...result }));
          }
          return {};
        };
      }),
    });
    const lost = report.failed.map(({ in: file, reason }) => ({ file, reason }));
    const { items } = found;
    return {
      items: items.flatMap((item) => judged.get(item) ?? []),
      failed: [...lost, ...items.flatMap((item) => broken.get(item) ?? [])],
      whatStays,
    };
  } catch (error) {
    if (error instanceof Interrupted) throw new Interrupted(await whatStays());
    throw error;
  } finally {
    await lanes.end();
  }
}

/** What of a reference could not be judged, system by system. */
function failuresOf(item: EvalItem, { systems }: JudgedItem): Failed[] {
  return Object.entries(systems).flatMap(([system, sound]): Failed[] => {
    if (isJudged(sound)) return [];
    const file = generatedBy(item, system)?.shown ?? item.reference.shown;
    const why = sound.failed.replace(`${file}: `, '');
    return [{ file, system, reason: `${file}: ${why} (${system})` }];
  });
}
