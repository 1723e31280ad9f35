import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { melOptions } from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';
import type { BootstrapOptions } from '@hifigan/metrics';
import { parseFileList } from '@hifigan/train/node';
import type { Command } from 'commander';
import { type Context, heedInterrupt, pathOf } from '../context.js';
import { explain, Interrupted, UserError } from '../errors.js';
import { drawTables } from '../eval/draw-tables.js';
import { addEvalOptions, type EvalOptions } from '../eval/eval-options.js';
import { type Evaluation, evaluate } from '../eval/evaluation.js';
import { type EvalItem, type FoundItems, findItems } from '../eval/find-items.js';
import { ItemJudge, type JudgeOptions } from '../eval/item-judge.js';
import { isJudged, type JudgedItem } from '../eval/judged.js';
import { openJudges, usualWorkers } from '../eval/judging-lanes.js';
import { allMeasures, type Measure } from '../eval/measures.js';
import { ClipDrawer, drawEvalPage, MOST_SECONDS } from '../eval/page.js';
import { type EvalSystem, systemsOf } from '../eval/systems.js';
import { tellWhatWasDone, whatWasDone } from '../eval/tell-what-was-done.js';
import { checkWritable } from '../files/check-writable.js';
import { loadConfig } from '../files/load-config.js';
import type { Job } from '../files/plan-outputs.js';
import { refuseExisting, writeAtomic } from '../files/write-atomic.js';
import { configOfModel } from '../model/config-of-model.js';
import { runJobs, type Work } from '../run-jobs.js';
import { byteSize, counted } from '../terminal/format.js';

/** `hifigan eval REF [GEN…]`. */
export function registerEval(
  program: Command,
  context: Context,
  setExitCode: (code: number) => void,
): void {
  const command = program
    .command('eval')
    .description('how near generated speech comes to recordings: measures, with intervals')
    .argument('<ref>', 'recordings: a folder, a list (.txt), or a file (WAV, FLAC, MP3, Ogg)')
    .argument('[gen...]', 'what was generated: likewise, each a system of its own');
  addEvalOptions(command, context).action(
    async (ref: string, gen: string[], options: EvalOptions) => {
      const plan = await planOf(context, { ref, gen, options });
      const { items, failed } = await judgeAll(context, plan);
      const { measures, sortBy, interval, systems, found, config } = plan;
      if (items.every(({ systems: all }) => !Object.values(all).some(isJudged))) {
        throw new UserError(
          `${ref}: none of ${counted(found.items.length, 'file')} could be measured: ${failed[0]?.reason}`,
        );
      }
      const evaluation = evaluate(items, { systems, measures, sortBy, interval });
      const notes = whatWasDone(items, {
        ...{ samplingRate: config.sampling_rate, measures, alone: found.alone },
      });
      tellWhatWasDone(context.console, notes);
      if (failed.length > 0) {
        context.console.note(`${counted(failed.length, 'file')} failed`);
        for (const { reason } of failed.slice(0, MOST_TOLD)) context.console.note(`  ${reason}`);
        setExitCode(1);
      }
      const done: Done = { ...plan, evaluation, notes, failed };
      await writePage(context, done);
      await writeResult(context, done);
    },
  );
}

/** At the end, of many failures so many are told once more; they are far up by then. */
const MOST_TOLD = 20;

interface Failed {
  readonly file: string;
  /** Absent where it is the reference. */
  readonly system?: string;
  readonly reason: string;
}

interface Plan {
  readonly ref: string;
  readonly options: EvalOptions;
  readonly systems: readonly EvalSystem[];
  readonly found: FoundItems;
  readonly config: HifiGanConfig;
  readonly measures: readonly Measure[];
  readonly sortBy: Measure;
  readonly interval: Required<BootstrapOptions>;
  readonly judging: JudgeOptions;
}

interface Done extends Plan {
  readonly evaluation: Evaluation;
  readonly notes: readonly string[];
  readonly failed: readonly Failed[];
}

/** All that can be refused before anything is read. */
async function planOf(
  context: Context,
  {
    ref,
    gen,
    options,
  }: { readonly ref: string; readonly gen: readonly string[]; readonly options: EvalOptions },
): Promise<Plan> {
  const { out, keep, sort, only, force, backend, threads } = options;
  const systems = systemsOf(gen, options);
  const wanted = new Set([...options.measures, ...(sort === undefined ? [] : [sort])]);
  const measures = allMeasures.filter(({ name }) => wanted.has(name));
  if (out !== undefined && out !== '-') {
    const path = pathOf(context, out);
    await refuseExisting(path, force === true);
    checkWritable([{ path, shown: out }]);
  }
  const found = await findItems(context, ref, systems);
  const firstModel = systems.find(({ kind }) => kind === 'model');
  const config =
    options.config !== undefined
      ? await loadConfig(context, options.config)
      : firstModel
        ? await configOfModel(context, firstModel.path)
        : await loadConfig(context, 'v1');
  const { interval: method, confidence, resamples, seed } = options;
  return {
    ...{ ref, options, systems, config, measures },
    found: only === undefined ? found : await chosen(context, found, only),
    sortBy: measures.find(({ name }) => name === (sort ?? options.measures[0])) ?? measures[0],
    interval: { method, confidence, resamples, seed },
    judging: {
      ...{ config, systems, backend, threads },
      measures: measures.map(({ name }) => name),
      ...(keep !== undefined && { keep: pathOf(context, keep) }),
    },
  };
}

/** Those that a list names. */
async function chosen(context: Context, found: FoundItems, list: string): Promise<FoundItems> {
  const text = await readFile(pathOf(context, list), 'utf8').catch((error: unknown) => {
    throw new UserError(`--only ${explain(error)}`, { cause: error });
  });
  const ids = new Set(parseFileList(text, list));
  const items = found.items.filter(({ name }) => ids.has(name));
  if (items.length === 0) {
    throw new UserError(
      `--only ${list}: names none of the references, such as ${found.items[0].name}; name paths below their folder, one a line`,
    );
  }
  return { items, alone: [] };
}

/** Measures each file; in the order of the references. */
async function judgeAll(
  context: Context,
  { options, found, judging }: Plan,
): Promise<{ readonly items: readonly JudgedItem[]; readonly failed: readonly Failed[] }> {
  const { console } = context;
  const workers = Math.min(
    options.workers ?? usualWorkers(context, found.items.length),
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
    };
  } catch (error) {
    // What other verbs finish and keep, there is none of here.
    if (error instanceof Interrupted) throw new Interrupted();
    throw error;
  } finally {
    await lanes.end();
  }
}

/** What of a reference could not be judged, system by system. */
function failuresOf(item: EvalItem, { systems }: JudgedItem): Failed[] {
  return Object.entries(systems).flatMap(([system, sound]): Failed[] => {
    if (isJudged(sound)) return [];
    const file = item.generated[system]?.shown ?? item.reference.shown;
    const why = sound.failed.replace(`${file}: `, '');
    return [{ file, system, reason: `${file}: ${why} (${system})` }];
  });
}

async function writePage(context: Context, done: Done): Promise<void> {
  const { options, ref, evaluation, measures, config, systems, notes, failed } = done;
  const { out } = options;
  if (out === undefined) return;
  const shown = evaluation.files.slice(0, options.clips);
  const page = drawEvalPage({
    title: `${basename(resolve(pathOf(context, ref)))}: ${systems.map(({ name }) => name).join(', ')}`,
    facts: factsOf(done),
    ...{ evaluation, measures },
    clips: await drawClips(context, done, shown),
    notes: [
      ...notes,
      ...failed.map(({ reason }) => `failed: ${reason}`),
      ...(shown.length < evaluation.files.length
        ? [`Heard are ${shown.length} of ${evaluation.files.length} files, the worst.`]
        : []),
      `Of long files the first ${MOST_SECONDS} s are heard and seen; all of them was measured. Spectrograms: ${config.num_mels} mel bands.`,
    ],
  });
  if (out === '-') {
    await context.console.result(page.trimEnd());
    return;
  }
  await writeAtomic(pathOf(context, out), page);
  context.console.note(
    `${out}: ${counted(shown.length, 'file')} with sound, ${byteSize(Buffer.byteLength(page))}`,
  );
}

/** Reads, and where it was made here makes, once more what is heard: sounds of all files would not fit into memory. */
async function drawClips(
  context: Context,
  { found, systems, judging, config, measures }: Done,
  shown: readonly JudgedItem[],
): Promise<string[]> {
  if (shown.length === 0) return [];
  const { keep: _, ...again } = judging;
  const judge = await ItemJudge.open(context, again);
  const drawer = new ClipDrawer(melOptions(config), measures);
  try {
    const clips: string[] = [];
    for (const judged of shown) {
      const item = found.items.find(({ name }) => name === judged.name)!;
      const sounds = new Map<string, Awaited<ReturnType<ItemJudge['hear']>>>();
      for (const system of systems) {
        await heedInterrupt(context);
        if (!isJudged(judged.systems[system.name])) continue;
        sounds.set(system.name, await judge.hear(item, system));
      }
      clips.push(drawer.draw(judged, sounds));
    }
    return clips;
  } finally {
    await judge.end();
  }
}

function factsOf({ ref, config, interval, evaluation }: Done): [string, string][] {
  const { num_mels, fmin, fmax, sampling_rate: rate } = config;
  return [
    ['references', `${ref}, ${counted(evaluation.files.length, 'file')}`],
    ['measured at', `${rate} Hz; ${num_mels} mel bands from ${fmin} to ${fmax ?? rate / 2} Hz`],
    ['intervals', intervalWords(interval)],
  ];
}

function intervalWords({
  method,
  confidence,
  resamples,
  seed,
}: Required<BootstrapOptions>): string {
  const name = method === 'bca' ? 'BCa' : 'percentiles';
  return `${Number((100 * confidence).toFixed(2))}% by bootstrap over files (${name}, ${resamples} resamples, seed ${seed})`;
}

async function writeResult(context: Context, done: Done): Promise<void> {
  const { options, ref, config, interval, measures, evaluation, found, failed, notes } = done;
  const { console } = context;
  if (options.out === '-') return;
  const { files, ...summary } = evaluation;
  const { sampling_rate: samplingRate } = config;
  const facts = {
    ...{ reference: ref, samplingRate, mel: melOptions(config), interval, measures },
    ...{ ...summary, alone: found.alone, failed, notes },
    ...(options.out !== undefined && { page: options.out }),
  };
  if (options.ndjson) await console.result(JSON.stringify({ kind: 'result', ...facts }));
  else if (console.json) await console.result(JSON.stringify({ ...facts, files }));
  else {
    const about = `at ${samplingRate} Hz; ${intervalWords(interval)}`;
    await console.result(`${drawTables(evaluation, measures)}\n\n${about}`);
  }
}
