import { basename, resolve } from 'node:path';
import { melOptions } from '@hifigan/audio';
import type { BootstrapOptions } from '@hifigan/metrics';
import type { Command } from 'commander';
import { type Context, heedInterrupt, pathOf } from '../context.js';
import { explain, Interrupted, UserError } from '../errors.js';
import { drawTables } from '../eval/draw-tables.js';
import { addEvalOptions, type EvalOptions } from '../eval/eval-options.js';
import { type Evaluation, evaluate } from '../eval/evaluation.js';
import { ItemJudge } from '../eval/item-judge.js';
import { type Failed, judgeAll } from '../eval/judge-all.js';
import { isJudged, type JudgedItem, soundOf } from '../eval/judged.js';
import { ClipDrawer, drawEvalPage, MOST_SECONDS } from '../eval/page.js';
import { type Plan, planOf } from '../eval/plan.js';
import { roundsOf, whatWasDone } from '../eval/what-was-done.js';
import { writeAtomic } from '../files/write-atomic.js';
import { tellIdlePhases } from '../options.js';
import { byteSize, counted } from '../terminal/format.js';
import { createProgress } from '../terminal/progress.js';

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
      const speaks = plan.systems.some(({ kind }) => kind === 'model');
      if (!speaks && (options.refine ?? options.phases) !== undefined) {
        context.console.warn(
          '--phases and --refine do nothing where no model speaks; name one by --model or --voice',
        );
      }
      const { items, failed, whatStays } = await judgeAll(context, plan);
      const { measures, sortBy, interval, systems, found, config } = plan;
      if (items.every(({ systems: all }) => !Object.values(all).some(isJudged))) {
        throw new UserError(
          `${ref}: none of ${counted(found.items.length, 'file')} could be measured: ${failed[0]?.reason}`,
        );
      }
      const evaluation = await evaluate(items, {
        ...{ systems, measures, sortBy, interval },
        heed: () => heedInterrupt(context),
      }).catch(async (error: unknown) => {
        throw error instanceof Interrupted ? new Interrupted(await whatStays()) : error;
      });
      const notes = whatWasDone(items, {
        ...{ samplingRate: config.sampling_rate, measures, found },
      });
      for (const note of notes) context.console.warn(note);
      if (speaks) tellIdlePhases(context, options, options.refine ?? roundsOf(items));
      if (failed.length > 0) {
        const files = new Set(failed.map(({ file }) => file)).size;
        context.console.note(`${counted(files, 'file')} failed`);
        for (const { reason } of failed.slice(0, MOST_TOLD)) context.console.note(`  ${reason}`);
        setExitCode(1);
      }
      const done: Done = { ...plan, evaluation, notes, failed };
      // First, as it is whole now: a disk may be full, a file gone, when the page is made.
      await writeResult(context, done);
      await writePage(context, done);
    },
  );
}

/** At the end, of many failures so many are told once more; they are far up by then. */
const MOST_TOLD = 20;

interface Done extends Plan {
  readonly evaluation: Evaluation;
  readonly notes: readonly string[];
  readonly failed: readonly Failed[];
}

/** Where that fails, says that the result stands. */
async function writePage(context: Context, done: Done): Promise<void> {
  const { out } = done.options;
  if (out === undefined) return;
  try {
    await drawPage(context, done, out);
  } catch (error) {
    // Then the page is the result.
    if (out === '-') throw error;
    const what = 'the result is told and whole';
    if (error instanceof Interrupted || context.signal.aborted) {
      throw new Interrupted(`interrupted; ${what}, ${out} is not written`);
    }
    throw new UserError(`${out}: is not written, ${what}: ${explain(error)}`, { cause: error });
  }
}

async function drawPage(context: Context, done: Done, out: string): Promise<void> {
  const { options, ref, evaluation, measures, config, systems, notes, failed } = done;
  const audible = evaluation.files.filter(({ systems: made }) =>
    Object.values(made).some(isJudged),
  );
  const shown = audible.slice(0, options.clips);
  const { clips, clipped } = await drawClips(context, done, shown);
  const page = drawEvalPage({
    title: `${basename(resolve(pathOf(context, ref)))}: ${systems.map(({ name }) => name).join(', ')}`,
    facts: factsOf(done),
    ...{ evaluation, measures },
    clips,
    notes: [
      ...notes,
      ...failed.map(({ reason }) => `failed: ${reason}`),
      ...(shown.length < audible.length
        ? [`Heard are ${shown.length} of ${audible.length} files, the worst.`]
        : []),
      ...(clipped.length > 0
        ? [`Louder than full scale, and clipped in this page alone: ${clipped.join('; ')}.`]
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
): Promise<{ readonly clips: readonly string[]; readonly clipped: readonly string[] }> {
  if (shown.length === 0) return { clips: [], clipped: [] };
  const { keep: _, ...again } = judging;
  const judge = await ItemJudge.open(context, again);
  const drawer = new ClipDrawer(melOptions(config), measures);
  const progress = createProgress(context, 'page', shown.length);
  try {
    const clips: string[] = [];
    for (const [index, judged] of shown.entries()) {
      progress.update(index, judged.name);
      const item = found.items.find(({ name }) => name === judged.name)!;
      const sounds = new Map<string, Awaited<ReturnType<ItemJudge['hear']>>>();
      for (const system of systems) {
        await heedInterrupt(context);
        if (!isJudged(soundOf(judged, system.name))) continue;
        sounds.set(system.name, await judge.hear(item, system));
      }
      clips.push(drawer.draw(judged, sounds));
    }
    return { clips, clipped: drawer.clipped };
  } finally {
    progress.end();
    await judge.end();
  }
}

function factsOf({ ref, config, interval, evaluation }: Done): [string, string][] {
  const { num_mels, fmin, fmax, sampling_rate: rate } = config;
  return [
    ['references', `${ref}, ${counted(evaluation.files.length, 'file')}`],
    ['measured at', `${rate} Hz; ${num_mels} mel bands from ${fmin} to ${fmax ?? rate / 2} Hz`],
    ['intervals', intervalWords(interval, evaluation)],
  ];
}

/** Files below which intervals by bootstrap hold the true mean less often than they say. */
const FEW = 20;

function intervalWords(
  { method, confidence, resamples, seed }: Required<BootstrapOptions>,
  { systems }: Evaluation,
): string {
  const name = method === 'bca' ? 'BCa' : 'percentiles';
  const counts = systems.flatMap(({ measures }) =>
    Object.values(measures).map((summary) => summary?.count ?? 0),
  );
  const few = counts.some((count) => count > 1 && count < FEW)
    ? `; of fewer than some ${FEW} files they are too narrow`
    : '';
  return `${Number((100 * confidence).toFixed(2))}% by bootstrap over files (${name}, ${resamples} resamples, seed ${seed})${few}`;
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
    const about = `at ${samplingRate} Hz; ${intervalWords(interval, evaluation)}`;
    await console.result(`${drawTables(evaluation, measures)}\n\n${about}`);
  }
}
