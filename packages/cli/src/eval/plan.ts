import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HifiGanConfig } from '@hifigan/config';
import type { BootstrapOptions } from '@hifigan/metrics';
import { parseFileList } from '@hifigan/train/node';
import { type Context, pathOf } from '../context.js';
import { explain, UsageError, UserError } from '../errors.js';
import { checkWritable } from '../files/check-writable.js';
import { isRecording } from '../files/find-files.js';
import { loadConfig } from '../files/load-config.js';
import { exists, refuseExisting } from '../files/write-atomic.js';
import { configOfModel } from '../model/config-of-model.js';
import type { EvalOptions } from './eval-options.js';
import { type FoundItems, findItems } from './find-items.js';
import { type JudgeOptions, keptAs } from './item-judge.js';
import { allMeasures, type Measure } from './measures.js';
import { type EvalSystem, systemsOf } from './systems.js';

/** What is to be compared, and how. */
export interface Plan {
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

/** Looks at all that can be refused before anything is measured. @throws UsageError, UserError and others */
export async function planOf(
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
  if (out !== undefined) await checkPage(context, out, options);
  const all = await findItems(context, ref, systems);
  const found = only === undefined ? all : await chosen(context, all, only);
  if (keep !== undefined) await checkKept(context, { keep, systems, found, force });
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
    found,
    sortBy: measures.find(({ name }) => name === (sort ?? options.measures[0])) ?? measures[0],
    interval: { method, confidence, resamples, seed },
    judging: {
      ...{ config, systems, backend, threads },
      measures: measures.map(({ name }) => name),
      ...(keep !== undefined && { keep: pathOf(context, keep) }),
    },
  };
}

/** Whether the page can be written. @throws UsageError or UserError */
async function checkPage(
  context: Context,
  out: string,
  { ndjson, force }: EvalOptions,
): Promise<void> {
  if (out === '-') {
    if (!ndjson) return;
    throw new UsageError(
      '--out -: does not go with --ndjson, because both go to stdout; name a file for the page',
    );
  }
  if (isRecording(out)) {
    throw new UsageError(`--out ${out}: is the name of a recording, and a page is HTML; rename it`);
  }
  const path = pathOf(context, out);
  await refuseExisting(path, force === true);
  checkWritable([{ path, shown: out }]);
}

/** Whether what is made can be kept there, and writes over nothing. @throws UserError */
async function checkKept(
  context: Context,
  {
    keep,
    systems,
    found,
    force,
  }: Pick<Plan, 'systems' | 'found'> & { readonly keep: string; readonly force?: boolean },
): Promise<void> {
  const outputs = systems.flatMap((system) =>
    system.kind === 'files'
      ? []
      : found.items.map((item) => {
          const below = keptAs(item, system);
          return { path: join(pathOf(context, keep), below), shown: join(keep, below) };
        }),
  );
  for (const { path, shown } of outputs) {
    if (force || !(await exists(path))) continue;
    throw new UserError(
      `${shown}: exists already; name another folder for --keep, or write over it with --force`,
    );
  }
  checkWritable(outputs);
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
