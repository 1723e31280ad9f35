import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { type Context, pathOf } from '../context.js';
import { UsageError, UserError } from '../errors.js';
import { checkWritable, type Output } from '../files/check-writable.js';
import { isRecording } from '../files/find-files.js';
import { exists, refuseExisting } from '../files/write-atomic.js';
import { liesIn, realPathOf } from '../prepare/output-folder.js';
import type { EvalOptions } from './eval-options.js';
import type { FoundItems } from './find-items.js';
import { keptAs, keptFolder } from './item-judge.js';
import type { EvalSystem } from './systems.js';

/** Whether the page can be written. @throws UsageError or UserError */
export async function checkPage(
  context: Context,
  out: string,
  { ndjson, force }: Pick<EvalOptions, 'ndjson' | 'force'>,
): Promise<void> {
  if (out === '-') {
    const other = ndjson ? '--ndjson' : context.console.json ? '--json' : undefined;
    if (other === undefined) return;
    throw new UsageError(
      `--out -: does not go with ${other}, because both go to stdout; name a file for the page`,
    );
  }
  // Another ending is that of something else, which somebody would try to read as that.
  const ending = extname(out).toLowerCase();
  if (!['', '.html', '.htm'].includes(ending)) {
    const what = isRecording(out) ? 'the name of a recording' : `named ${ending}`;
    throw new UsageError(`--out ${out}: is ${what}, and a page is HTML; end it in .html`);
  }
  const path = pathOf(context, out);
  await refuseExisting(path, force === true);
  checkWritable([{ path, shown: out }]);
}

/** What is compared, and where what is made of it goes. */
interface Compared {
  /** As it was typed. */
  readonly ref: string;
  readonly systems: readonly EvalSystem[];
  readonly found: FoundItems;
}

/**
 * Whether `--force` would write over what is read: recordings, lists, configurations, checkpoints that were named.
 *
 * @throws UsageError
 */
export async function refuseInputs(
  context: Context,
  { ref, options, systems, found }: Compared & { readonly options: EvalOptions },
): Promise<void> {
  const { out, keep, only, config, force } = options;
  // Without it nothing that exists is written over.
  if (!force) return;
  const outputs = [
    ...(out === undefined || out === '-' ? [] : [{ path: pathOf(context, out), shown: out }]),
    ...(keep === undefined ? [] : keptOutputs(context, { keep, systems, found })),
  ];
  const named = [ref, ...systems.map(({ path }) => path), only, config];
  const paths = [
    ...named.flatMap((typed) => (typed === undefined ? [] : pathOf(context, typed))),
    ...found.references.map(({ path }) => path),
    ...found.items.flatMap(({ generated }) => Object.values(generated).map(({ path }) => path)),
  ];
  const inputs = new Set(await Promise.all(paths.map(realPathOf)));
  for (const { path, shown } of outputs) {
    if (!inputs.has(await realPathOf(path))) continue;
    throw new UsageError(
      `${shown}: is an input as well, which is never written over; choose another name`,
    );
  }
}

/**
 * Whether what is made can be kept there, writes over nothing and is no input of the next comparison.
 *
 * @throws UsageError or UserError
 */
export async function checkKept(
  context: Context,
  {
    ref,
    keep,
    systems,
    found,
    force,
  }: Compared & { readonly keep: string; readonly force?: boolean },
): Promise<void> {
  refuseMeetings(keep, systems);
  await refuseInside(context, keep, { ref, systems });
  const outputs = keptOutputs(context, { keep, systems, found });
  const taken = new Set<string>();
  for (const { path, shown } of outputs) {
    if (taken.has(path)) {
      throw new UserError(
        `${shown}: is where two references would be kept; name them apart in a list: path|name`,
      );
    }
    taken.add(path);
    if (force || !(await exists(path))) continue;
    throw new UserError(
      `${shown}: exists already; name another folder for --keep, or write over it with --force`,
    );
  }
  checkWritable(outputs);
}

const isMade = ({ kind }: EvalSystem) => kind !== 'files';

function keptOutputs(
  context: Context,
  { keep, systems, found }: Omit<Compared, 'ref'> & { readonly keep: string },
): Output[] {
  return systems.filter(isMade).flatMap((system) =>
    found.items.map((item) => {
      const below = keptAs(item, system);
      return { path: join(pathOf(context, keep), below), shown: join(keep, below) };
    }),
  );
}

/** Names that differ in what no folder's name may have become one folder. @throws UsageError */
function refuseMeetings(keep: string, systems: readonly EvalSystem[]): void {
  const taken = new Map<string, string>();
  for (const system of systems.filter(isMade)) {
    const folder = keptFolder(system);
    const other = taken.get(folder);
    if (other !== undefined) {
      throw new UsageError(
        `${other} and ${system.name}: both would be kept in ${join(keep, folder)}; name them apart: --model NAME=MODEL`,
      );
    }
    taken.set(folder, system.name);
  }
}

/** @throws UsageError where what is kept would lie among what is compared */
async function refuseInside(
  context: Context,
  keep: string,
  { ref, systems }: Omit<Compared, 'found'>,
): Promise<void> {
  const places = [ref, ...systems.flatMap(({ kind, path }) => (kind === 'files' && path) || [])];
  const folders = await Promise.all(
    systems.filter(isMade).map((one) => realPathOf(join(pathOf(context, keep), keptFolder(one)))),
  );
  for (const place of places) {
    const path = pathOf(context, place);
    if (!(await stat(path).catch(() => undefined))?.isDirectory()) continue;
    const real = await realPathOf(path);
    if (!folders.some((folder) => liesIn(folder, real))) continue;
    throw new UsageError(
      `--keep ${keep}: lies in ${place}, whose files are compared: what is kept would be among them next time; name a folder beside it`,
    );
  }
}
