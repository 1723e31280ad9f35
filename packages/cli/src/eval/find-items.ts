import { stat } from 'node:fs/promises';
import { dirname, extname, sep } from 'node:path';
import { type Context, pathOf } from '../context.js';
import { UsageError, UserError } from '../errors.js';
import { type FoundFile, findFiles, isRecording, RECORDING_KINDS } from '../files/find-files.js';
import { pairByPath, stemOf } from '../files/pair-files.js';
import { tellLeftOut } from '../files/tell-left-out.js';
import { readList } from '../synth/read-list.js';
import type { EvalSystem } from './systems.js';

/** A reference, and the files that were made of it. */
export interface EvalItem {
  /** Path below its folder, without extension. */
  readonly name: string;
  readonly reference: FoundFile;
  /** By name of the system; of systems that are files, and have one of this reference. */
  readonly generated: Readonly<Record<string, FoundFile>>;
}

/** The file that a system has of a reference, if any; by own keys, as a folder may be called `constructor`. */
export function generatedBy({ generated }: EvalItem, system: string): FoundFile | undefined {
  return Object.hasOwn(generated, system) ? generated[system] : undefined;
}

/** A file without its other half. */
export interface AloneFile {
  /** Whose; absent of references. */
  readonly system?: string;
  readonly file: string;
  readonly reason: string;
}

export interface FoundItems {
  readonly items: readonly EvalItem[];
  readonly alone: readonly AloneFile[];
  /** Pairs that have nothing but their last names in common: by these alone they were found. */
  readonly byName: readonly { readonly reference: string; readonly file: string }[];
  /** All that were looked at, also those that have no partner. */
  readonly references: readonly FoundFile[];
  /** What `--only` has left of them, in words. */
  readonly narrowed?: string;
}

/** Text files that name recordings. */
const LISTS = ['.txt', '.lst', '.list'];

/**
 * Pairs references with what each system made of them: two files as they are, all others by {@link pairByPath}.
 *
 * @param typed folder, list or file of references
 * @throws UsageError or UserError where a place has no recordings, or nothing pairs
 */
export async function findItems(
  context: Context,
  typed: string,
  systems: readonly EvalSystem[],
): Promise<FoundItems> {
  const references = await readPlace(context, typed);
  checkNames(typed, references.files);
  const generated = new Map<FoundFile, Record<string, FoundFile>>();
  const alone: AloneFile[] = [];
  const byName: { reference: string; file: string }[] = [];
  const makesItself = systems.some(({ kind }) => kind !== 'files');
  const give = (reference: FoundFile, name: string, file: FoundFile) => {
    generated.set(reference, { ...generated.get(reference), [name]: file });
  };
  for (const { kind, name, path } of systems) {
    if (kind !== 'files' || path === undefined) continue;
    const made = await readPlace(context, path);
    if (references.single && made.single) {
      give(references.files[0], name, made.files[0]);
      continue;
    }
    const paired = pairByPath(references.files, made.files, {
      noPartner: `has no partner in ${path}`,
      noRecording: `has no partner in ${typed}`,
    });
    if (paired.pairs.length === 0) {
      throw new UserError(
        `${path}: none of its files pairs with one of ${typed}, because pairs have the same path without its ending (${shownOf(references.files)} there, ${shownOf(made.files)} here); rename them, or give lists with path|name a line`,
      );
    }
    for (const { recording, partner } of paired.pairs) {
      give(recording, name, partner);
      if (areElsewhere(recording, partner)) {
        byName.push({ reference: recording.relative, file: partner.shown });
      }
    }
    alone.push(...paired.alone.map((one) => ({ system: name, ...one })));
  }
  const judged = references.files.filter((file) => makesItself || generated.has(file));
  const names = namesOf(judged);
  return {
    items: judged.map((reference, index) => ({
      ...{ name: names[index], reference, generated: generated.get(reference) ?? {} },
    })),
    ...{ alone, byName, references: references.files },
  };
}

/** Whether each lies in a folder of its own, and it is another: they may be of different speakers. */
function areElsewhere(one: FoundFile, other: FoundFile): boolean {
  const folders = [one, other].map(({ relative }) => dirname(relative));
  return folders[0] !== folders[1] && !folders.includes('.');
}

/** The recordings of a folder, those that a list names, or one. */
async function readPlace(
  context: Context,
  typed: string,
): Promise<{ readonly files: readonly FoundFile[]; readonly single: boolean }> {
  if (typed === '-') {
    throw new UsageError('-: recordings of two places are compared, and stdin is none; name files');
  }
  const about = await stat(pathOf(context, typed)).catch(() => undefined);
  if (about?.isFile() && LISTS.includes(extname(typed).toLowerCase())) {
    return { files: belowCommonFolder(await readList(context, typed)), single: false };
  }
  const { files, leftOut } = await findFiles(context, [typed], isRecording);
  tellLeftOut(context, leftOut);
  if (files.length === 0) {
    throw new UserError(`${typed}: has no ${RECORDING_KINDS} files; name another folder`);
  }
  return { files, single: about?.isFile() === true };
}

/** What a list names lies below the folder that all of it lies in, unless the list gives it a name. */
function belowCommonFolder(files: readonly FoundFile[]): FoundFile[] {
  const folders = files.map(({ path }) => dirname(path).split(sep));
  const [first, ...others] = folders;
  const apart = first.findIndex((part, at) => others.some((other) => other[at] !== part));
  const common = apart < 0 ? first.length : apart;
  return files.map((file) => {
    const below = file.path.split(sep).slice(common).join('/');
    return { ...file, relative: file.named ?? below };
  });
}

/** Without their endings, but of those that differ by the ending alone. */
function namesOf(files: readonly FoundFile[]): readonly string[] {
  const short = files.map(stemOf);
  const counts = new Map<string, number>();
  for (const name of short) counts.set(name, (counts.get(name) ?? 0) + 1);
  // Of a.wav, a.flac and a.wav.flac, the last is a.wav without its ending.
  const whole = new Set(files.map(({ relative }) => relative));
  return short.map((name, index) =>
    counts.get(name) === 1 && !whole.has(name) ? name : files[index].relative,
  );
}

/** @throws UserError where two have one name, as in lists that name one twice */
function checkNames(typed: string, files: readonly FoundFile[]): void {
  const taken = new Map<string, FoundFile>();
  for (const [index, name] of namesOf(files).entries()) {
    const [one, other] = [taken.get(name), files[index]];
    taken.set(name, other);
    if (one === undefined) continue;
    throw new UserError(
      one.path === other.path
        ? `${typed}: names ${other.shown} twice and must name each reference once, because each counts as one file; remove a line`
        : `${typed}: calls both ${one.shown} and ${other.shown} ${name} and must give each a name of its own, because pairs and figures go by it; rename one`,
    );
  }
}

function shownOf([first]: readonly FoundFile[]): string {
  return `such as ${first.relative}`;
}
