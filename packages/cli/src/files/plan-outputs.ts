import { realpath, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { type Context, pathOf } from '../context.js';
import { UsageError, UserError } from '../errors.js';
import { checkWritable } from './check-writable.js';
import type { FoundFile } from './find-files.js';

/** One input and where its result goes. */
export interface Job {
  readonly file: FoundFile;
  /** Absolute, or `-`. */
  readonly output: string;
  /** As the user knows it. */
  readonly shown: string;
}

export interface PlanOptions {
  /** As it was typed. */
  readonly out: string;
  /** Of results, with its dot. */
  readonly extension: string;
  /** Whether files may be written over. */
  readonly force: boolean;
  /** What else than another name or `--force` helps where a file is there already. */
  readonly otherwise?: string;
  /** Which of the jobs are meant; all where left out. */
  readonly choose?: (jobs: readonly Job[]) => readonly Job[];
}

/**
 * Decides where each result goes, before any work is done: a file for one input, a folder for several or for a
 * folder, which keeps its shape; `-` is stdout.
 *
 * @throws UsageError where that is not possible, UserError or FolderError where a file is there already or none can be
 * written
 */
export async function planOutputs(
  context: Context,
  files: readonly FoundFile[],
  { out, extension, force, otherwise, choose = (jobs) => jobs }: PlanOptions,
): Promise<readonly Job[]> {
  if (out === '-') {
    if (files.length !== 1) {
      throw new UsageError(
        `--out -: takes one result, and there are ${files.length} inputs; give a folder`,
      );
    }
    return [{ file: files[0], output: '-', shown: '-' }];
  }
  const path = pathOf(context, out);
  const found = await stat(path).catch(() => undefined);
  const many = files.length > 1 || files[0].fromFolder;
  const named = extname(out).toLowerCase();
  const single =
    !many && !found?.isDirectory() && !/[/\\]$/.test(out) && (named !== '' || found !== undefined);
  if (single) {
    if (found?.isFile() !== false && named !== extension) {
      throw new UsageError(
        `--out ${out}: must end in ${extension}, because that is what it will be; rename it`,
      );
    }
    const only = { file: files[0], output: path, shown: out };
    return checked(choose([only]), { files, force, otherwise });
  }
  if (many && named === extension && !found?.isDirectory()) {
    throw new UsageError(
      `--out ${out}: must be a folder, because there are several results; leave ${extension} away`,
    );
  }
  if (found && !found.isDirectory()) {
    throw new UsageError(`--out ${out}: is a file, where a folder is needed`);
  }
  const jobs = files.map((file) => {
    const name = file.named
      ? withExtension(file.named, extension)
      : file.relative.replace(/\.[^./]*$/, '') + extension;
    return { file, output: join(path, name), shown: join(out, name) };
  });
  // All of them: parts of the work that others do must not meet either.
  refuseMeetings(jobs);
  return checked(choose(jobs), { files, force, otherwise });
}

/** Endings that a name may have by mistake; others, as of v1.2, are part of it. */
const RESULTS = ['.wav', '.flac', '.npy'];

function withExtension(named: string, extension: string): string {
  const own = extname(named).toLowerCase();
  if (own === extension) return named;
  if (RESULTS.includes(own)) {
    throw new UsageError(
      `${named}: must end in ${extension}, because that is what it will be; rename it in the list`,
    );
  }
  return named + extension;
}

function refuseMeetings(jobs: readonly Job[]): void {
  const taken = new Map<string, Job>();
  for (const job of jobs) {
    const other = taken.get(job.output);
    if (other) {
      throw new UsageError(
        `${other.file.shown} and ${job.file.shown}: both would become ${job.shown}; do them one after the other into two folders, or give one of them another name in a --list: path|out`,
      );
    }
    taken.set(job.output, job);
  }
}

/** @param files all inputs, those of others who share the work as well */
async function checked(
  jobs: readonly Job[],
  {
    files,
    force,
    otherwise = '',
  }: {
    readonly files: readonly FoundFile[];
    readonly force: boolean;
    readonly otherwise?: string;
  },
): Promise<readonly Job[]> {
  await refuseInputs(jobs, files);
  const existing: string[] = [];
  for (const job of jobs) {
    const found = await stat(job.output).catch(() => undefined);
    if (found?.isDirectory())
      throw new UserError(`${job.shown}: is a folder, where a file is needed`);
    if (found?.isFile() && !force) existing.push(job.shown);
  }
  if (existing.length > 0) {
    const more = existing.length > 1 ? ` (and ${existing.length - 1} more)` : '';
    throw new UserError(
      `${existing[0]}${more}: exists already; choose another name, ${otherwise}or write over ${more ? 'them' : 'it'} with --force`,
    );
  }
  checkWritable(jobs.map(({ output, shown }) => ({ path: output, shown })));
  return jobs;
}

/** Whether an input was read already or is read later: what it held would be lost. */
async function refuseInputs(jobs: readonly Job[], files: readonly FoundFile[]): Promise<void> {
  const named = files.filter(({ path }) => path !== '-');
  const inputs = new Map(named.map((file) => [file.path, file]));
  const outputs = await Promise.all(jobs.map(async ({ output }) => realOf(output)));
  // Of many files, asking takes long; nothing can be lost where no result is there yet.
  if (outputs.some((real) => real !== undefined)) {
    for (const file of named) inputs.set(file.real ?? (await realOf(file.path)) ?? file.path, file);
  }
  for (const [index, job] of jobs.entries()) {
    const input = inputs.get(job.output) ?? inputs.get(outputs[index] ?? job.output);
    if (!input) continue;
    const itself = input === job.file ? 'the input itself' : `an input as well (${input.shown})`;
    throw new UsageError(
      `${job.shown}: is ${itself}, which is never written over; choose another name`,
    );
  }
}

/** Path without links; nothing where there is no such file. */
const realOf = (path: string): Promise<string | undefined> => realpath(path).catch(() => undefined);
