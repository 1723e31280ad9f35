import { readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type FileBytes, makeFolder, probeFolder, writeFilesAtomically } from '@hifigan/train/node';
import { type Context, heedInterrupt, pathOf } from '../context.js';
import { UserError } from '../errors.js';
import { checkWritable } from '../files/check-writable.js';
import { heededPieces } from '../files/heeded-pieces.js';
import { partialOf, refuseExisting, writeAtomic } from '../files/write-atomic.js';
import { checkReplaceable, writeWholeFolder } from '../prepare/output-folder.js';
import { FOLDERS, type PlannedFiles, type Target } from './targets.js';

/** Where a model is to be written. */
export interface TargetPlace {
  readonly target: Target;
  /** As the user typed it. */
  readonly out: string;
  /** Whether what is there may be replaced. */
  readonly force: boolean;
}

/**
 * Looks whether a model can be written to a place, before it is made.
 *
 * @param others names of files that go beside the one that was named
 * @throws UserError or FolderError where something is there that must not be touched, or nothing can be written
 */
export async function checkTarget(
  context: Context,
  { target, out, force }: TargetPlace,
  others: readonly string[] = [],
): Promise<void> {
  const path = pathOf(context, out);
  const mark = FOLDERS[target];
  if (mark !== undefined) {
    await checkReplaceable({ target: path, shown: out, force, mark });
    probeFolder(dirname(path), out);
    return;
  }
  for (const name of [...others, basename(out)]) {
    await refuseExisting(join(dirname(path), name), force);
  }
  checkWritable([{ path, shown: out }]);
}

/**
 * Writes a model whole or not at all: all files under other names first, which are read again there; then they take
 * their names, that which was named last. Until the first has its name, what was there before is as it was where
 * anything fails; where a later one cannot take its own, those before it are new. No other file is left.
 *
 * @returns bytes that were written
 * @throws UserError where something is there that must not be touched, or a source changed; Interrupted, and what the
 * check throws
 */
export async function writeTarget(
  context: Context,
  { files, check }: PlannedFiles,
  { target, out, force }: TargetPlace,
): Promise<number> {
  const path = pathOf(context, out);
  let written = 0;
  const heeded = (bytes: FileBytes) =>
    heededPieces(context, bytes, (length) => {
      written += length;
    });
  const look = async (places: (name: string) => string) => {
    await check(places);
    await context.sources?.check();
    await heedInterrupt(context);
  };
  const mark = FOLDERS[target];
  if (mark !== undefined) {
    const warn = (text: string) => context.console.warn(text);
    await writeWholeFolder({ target: path, shown: out, force, mark, warn }, async (draft) => {
      for (const { name, bytes } of files) await writeAtomic(join(draft, name), heeded(bytes));
      await look((name) => join(draft, name));
    });
    return written;
  }
  const folder = dirname(path);
  const config = files.find(({ name }) => name === 'config.json');
  const isThere = config && (await hasConfig(folder, { out, config: config.bytes, force }));
  const needed = files.filter((file) => !(isThere && file === config));
  const placed = needed.map(({ name, bytes }) => ({
    ...{ name, bytes: heeded(bytes) },
    ...{ path: join(folder, name), draft: join(folder, partialOf(name)) },
  }));
  makeFolder(folder, out);
  const draftOf = (name: string) =>
    placed.find((file) => file.name === name)?.draft ?? join(folder, name);
  await writeFilesAtomically(placed, () => look(draftOf)).catch(async (error) => {
    // Nothing finishes them later, as a training does.
    for (const { draft } of placed) await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  });
  return written;
}

/** Whether the configuration lies there already. @throws UserError where it is another's and must stay */
async function hasConfig(
  folder: string,
  {
    out,
    config,
    force,
  }: { readonly out: string; readonly config: unknown; readonly force: boolean },
): Promise<boolean> {
  const there = await readFile(join(folder, 'config.json'), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      // What cannot be read must not be written over as if it were not there.
      if (error.code === 'ENOENT') return undefined;
      throw error;
    },
  );
  if (there === undefined) return false;
  if (isSameConfig(there, String(config))) return true;
  if (force) return false;
  throw new UserError(
    `${join(dirname(out), 'config.json')}: is there already and is another model's; choose another folder, or write over it with --force`,
  );
}

/**
 * Whether two say the same, however they are laid out: the reference, trainings and conversions each do it their way.
 */
function isSameConfig(one: string, other: string): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(one), JSON.parse(other));
  } catch {
    return false;
  }
}
