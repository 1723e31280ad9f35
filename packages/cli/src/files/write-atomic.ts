import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, open, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  type FileBytes,
  type FileDraft,
  FolderError,
  makeFolder,
  openDraft,
  WriteError,
  writeFilesAtomically,
} from '@hifigan/train/node';
import { Interrupted, REASONS, UserError } from '../errors.js';

/**
 * Writes a file wholly or not at all: into a file of another name in the same folder, which then takes the
 * name. Devices and pipes (`/dev/stdout`) are written directly. Missing folders are made.
 *
 * @param check looks at the draft before it takes the name; of devices and pipes nothing is read back
 * @throws UserError naming the file and the cure, or what the check throws; nothing is left behind
 */
export async function writeAtomic(
  path: string,
  content: FileBytes,
  check: (draft: string) => Promise<void> = async () => undefined,
): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw new UserError(`${path}: is a folder, where a file is needed`);
  try {
    if (found && !found.isFile()) await writeFile(path, content);
    else await writeWhole(path, content, check);
  } catch (error) {
    if (error instanceof UserError || error instanceof Interrupted) throw error;
    // What makes the pieces has errors of its own.
    const inPieces = typeof content !== 'string' && !(content instanceof Uint8Array);
    if (inPieces && codeOf(error) === undefined) throw error;
    throw inWords(error, path);
  }
}

/** A file that is written piece by piece. */
export interface GrowingFile extends Omit<FileDraft, 'writeStart'> {
  /** Writes over the first bytes; absent of devices and pipes. @throws UserError */
  readonly writeStart?: FileDraft['writeStart'];
}

/**
 * {@link writeAtomic} for what comes piece by piece: either `commit` or `discard` must be called.
 *
 * @param options.replace whether a file that is there by the end is written over; default true
 * @throws UserError naming the file and the cure
 */
export async function openAtomic(
  path: string,
  { replace = true }: { readonly replace?: boolean } = {},
): Promise<GrowingFile> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw new UserError(`${path}: is a folder, where a file is needed`);
  const told = <Arguments extends unknown[], T>(work: (...given: Arguments) => Promise<T>) => {
    return (...given: Arguments) =>
      work(...given).catch((error: unknown) => {
        throw inWords(error, path);
      });
  };
  if (found && !found.isFile()) {
    const file = await told(open)(path, 'w');
    const close = told(() => file.close());
    return { write: told((bytes) => file.writeFile(bytes)), commit: close, discard: close };
  }
  const draft = await told(async () => {
    makeFolder(dirname(path), path);
    return openDraft(path, { draft: join(dirname(path), partialOf(basename(path))), replace });
  })();
  return {
    write: told((bytes) => draft.write(bytes)),
    writeStart: told((bytes) => draft.writeStart(bytes)),
    commit: told(() => draft.commit()),
    discard: () => draft.discard(),
  };
}

function inWords(error: unknown, path: string): unknown {
  if (error instanceof FolderError) return error;
  const code = codeOf(error);
  const { message } = reasonOf(error);
  return new UserError(`${path}: cannot be written: ${(code && REASONS[code]) ?? message}`, {
    cause: error,
  });
}

function codeOf(error: unknown): string | undefined {
  return reasonOf(error).code;
}

function reasonOf(error: unknown): NodeJS.ErrnoException {
  return (error instanceof WriteError ? error.cause : error) as NodeJS.ErrnoException;
}

async function writeWhole(
  path: string,
  bytes: FileBytes,
  check: (draft: string) => Promise<void>,
): Promise<void> {
  const draft = join(dirname(path), partialOf(basename(path)));
  makeFolder(dirname(path), path);
  await writeFilesAtomically([{ path, bytes, draft }], () => check(draft));
}

/** What a file or folder is called until it is whole. */
export function partialOf(name: string): string {
  return `.${name}.${randomBytes(4).toString('hex')}.partial`;
}

/**
 * Refuses to write over a file; called before the work begins, so that no work is lost.
 *
 * @throws UserError where it exists and `force` is not set
 */
export async function refuseExisting(path: string, force: boolean): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw new UserError(`${path}: is a folder, where a file is needed`);
  if (found?.isFile() && !force) {
    throw new UserError(
      `${path}: exists already; choose another name, or write over it with --force`,
    );
  }
}

/** Whether something is at that path. */
export async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}
