import { readFile } from 'node:fs/promises';
import type { HifiGanConfig } from '@hifigan/config';
import type { BootstrapOptions } from '@hifigan/metrics';
import { listedNames, parseFileList } from '@hifigan/train/node';
import { type Context, pathOf } from '../context.js';
import { explain, UserError } from '../errors.js';
import { loadConfig } from '../files/load-config.js';
import { stemOf } from '../files/pair-files.js';
import { configOfModel } from '../model/config-of-model.js';
import { counted } from '../terminal/format.js';
import { checkKept, checkPage, refuseInputs } from './check-outputs.js';
import type { EvalOptions } from './eval-options.js';
import { type FoundItems, findItems } from './find-items.js';
import type { JudgeOptions } from './item-judge.js';
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
  const { out, keep, sort, only, force, backend, threads, refine, phases } = options;
  const systems = systemsOf(gen, options);
  const wanted = new Set([...options.measures, ...(sort === undefined ? [] : [sort])]);
  const measures = allMeasures.filter(({ name }) => wanted.has(name));
  if (out !== undefined) await checkPage(context, out, options);
  const all = await findItems(context, ref, systems);
  const found = only === undefined ? all : await chosen(context, all, only);
  await refuseInputs(context, { ref, options, systems, found });
  if (keep !== undefined) await checkKept(context, { ref, keep, systems, found, force });
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
      ...{ config, systems, backend, threads, refine, phases },
      measures: measures.map(({ name }) => name),
      ...(keep !== undefined && { keep: pathOf(context, keep) }),
    },
  };
}

/** Those that a list names; what of it is left out is told like all that has no partner. */
async function chosen(context: Context, found: FoundItems, list: string): Promise<FoundItems> {
  const text = await readFile(pathOf(context, list), 'utf8').catch((error: unknown) => {
    throw new UserError(`--only ${explain(error)}`, { cause: error });
  });
  const { references } = found;
  const such = `such as ${stemOf(references[0])}`;
  const ids = idsOf(text, list, such);
  const lines = new Set(listedNames(text));
  // Who writes an ending where files differ by it alone means the one.
  const counts = new Map<string, number>();
  for (const stem of references.map(stemOf)) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  const whole = new Set(
    references
      .filter((file) => lines.has(file.relative) && counts.get(stemOf(file))! > 1)
      .map(stemOf),
  );
  const isNamed = (relative: string) => {
    const stem = stemOf({ relative });
    return lines.has(relative) || ids.has(relative) || (ids.has(stem) && !whole.has(stem));
  };
  const named = references.filter(({ relative }) => isNamed(relative));
  if (named.length === 0) {
    throw new UserError(
      `--only ${list}: names none of the references, ${such}; name paths below their folder, one a line`,
    );
  }
  const items = found.items.filter(({ reference }) => isNamed(reference.relative));
  if (items.length === 0) {
    throw new UserError(
      `--only ${list}: names no reference that has a partner, as ${found.items[0].name} has one; name others, or add what was generated of ${named[0].shown}`,
    );
  }
  const known = new Set(named.flatMap((file) => [file.relative, stemOf(file)]));
  const strangers = [...ids].filter((id) => !known.has(id));
  return {
    ...{ items, references: named },
    byName: found.byName.filter(({ reference }) => isNamed(reference)),
    alone: [
      ...found.alone.filter(({ file }) => isNamed(file)),
      ...strangers.map((id) => ({
        file: id,
        reason: `is named in ${list} and is none of the references`,
      })),
    ],
    narrowed: `--only ${list} names ${named.length} of ${counted(references.length, 'reference')}; the others are left out`,
  };
}

/** @throws UserError where the list is empty */
function idsOf(text: string, list: string, such: string): ReadonlySet<string> {
  try {
    return new Set(parseFileList(text, list));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError(
      `--only ${list}: is empty and must name at least one of the references, ${such}, because those alone are compared; write one a line, or leave --only away`,
      { cause: error },
    );
  }
}
