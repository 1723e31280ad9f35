import { closeSync, openSync } from 'node:fs';
import { type FileHandle, link, lstat, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { trackUnfinished } from './unfinished.js';

/** Ending of files that are being written. */
export const PARTIAL = '.tmp';

/** Contents of a file; pieces are written as they come, so that a large file needs no memory of its own. */
export type FileBytes = Uint8Array | string | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** What a file shall hold. */
export interface FileContent {
  readonly path: string;
  /** All of it, or pieces that are written as they come. */
  readonly bytes: FileBytes;
  /** What it is called until it is whole, in the same folder; default: `path` + `.tmp`. */
  readonly draft?: string;
}

/** A file was not written; what was there before is untouched. The cause is the system's error. */
export class WriteError extends Error {
  override readonly name = 'WriteError';
  readonly diskIsFull: boolean;

  constructor(path: string, cause: unknown) {
    const { code, message = String(cause) } = cause as NodeJS.ErrnoException;
    const diskIsFull = code === 'ENOSPC' || code === 'EDQUOT';
    const untouched = 'what was there before is untouched';
    super(
      diskIsFull
        ? `${path}: not written, because the disk is full; ${untouched}. Free some space`
        : `${path}: not written: ${message}; ${untouched}`,
      { cause },
    );
    this.diskIsFull = diskIsFull;
  }
}

/**
 * Writes a file so that at any moment, a loss of power included, the path holds the old file or the new one,
 * whole.
 *
 * @throws WriteError; the old file is as it was
 */
export function writeFileAtomically(
  path: string,
  bytes: FileBytes,
  options: Pick<FileContent, 'draft'> = {},
): Promise<void> {
  return writeFilesAtomically([{ path, bytes, ...options }]);
}

/**
 * Writes files that belong together: all of them whole under another name first, then one after the other takes
 * its own. A full disk is met before any file is changed; a kill between two renames leaves the rest whole under
 * the other name, for {@link finishRename}.
 *
 * @param beforeNaming looks at the drafts; where it throws, they are removed and the old files are as they were
 * @throws WriteError where one cannot be written, and what makes the pieces throws; the old files are as they were
 */
export async function writeFilesAtomically(
  files: readonly FileContent[],
  beforeNaming: () => Promise<void> = async () => undefined,
): Promise<void> {
  const drafts: Draft[] = [];
  const discard = async () => {
    for (const draft of drafts) await draft.discard();
  };
  try {
    for (const { path, bytes, draft } of files) {
      const file = await Draft.open(path, draft);
      drafts.push(file);
      const pieces = typeof bytes === 'string' || bytes instanceof Uint8Array ? [bytes] : bytes;
      for await (const piece of pieces) await file.write(piece);
      await file.finish();
    }
    await beforeNaming();
  } catch (error) {
    await discard();
    throw error;
  }
  // From the first rename on, none may be lost.
  for (const draft of drafts) draft.keep();
  for (const [index, draft] of drafts.entries()) {
    try {
      await draft.takeName();
    } catch (error) {
      if (index === 0) await discard();
      throw error;
    }
  }
}

/** A file that is written piece by piece, under another name until it is whole. */
export interface FileDraft {
  /** Appends. @throws WriteError */
  write(bytes: Uint8Array): Promise<void>;
  /** Writes over the first bytes, such as a header that has to tell the length. @throws WriteError */
  writeStart(bytes: Uint8Array): Promise<void>;
  /** Makes it last and gives it its name. @throws WriteError; the old file is as it was */
  commit(): Promise<void>;
  /** Removes it; what was there before is untouched. */
  discard(): Promise<void>;
}

/**
 * {@link writeFileAtomically} for what comes piece by piece. Either `commit` or `discard` must be called.
 *
 * @param options.replace whether a file of that name may be there by the end; default true
 * @throws WriteError where it cannot be made
 */
export function openDraft(
  path: string,
  { draft, replace }: Pick<FileContent, 'draft'> & { readonly replace?: boolean } = {},
): Promise<FileDraft> {
  return Draft.open(path, draft, replace);
}

class Draft implements FileDraft {
  private constructor(
    private readonly path: string,
    private readonly draft: string,
    private readonly file: FileHandle,
    /** From now on the draft is left alone when the process ends. */
    readonly keep: () => void,
    private readonly replace: boolean,
  ) {}

  static async open(path: string, draft = path + PARTIAL, replace = true): Promise<Draft> {
    const forget = trackUnfinished(draft);
    try {
      return new Draft(path, draft, await openNew(draft), forget, replace);
    } catch (error) {
      forget();
      throw new WriteError(path, error);
    }
  }

  write(bytes: Uint8Array | string): Promise<void> {
    return this.told(this.file.writeFile(bytes));
  }

  async writeStart(bytes: Uint8Array): Promise<void> {
    await this.told(this.file.write(bytes, 0, bytes.length, 0));
  }

  /** Makes it last, under its other name. */
  async finish(): Promise<void> {
    await this.told(this.file.sync());
    await this.told(this.file.close());
  }

  async takeName(): Promise<void> {
    const claimed = !this.replace && (await this.told(claimName(this.path, this.draft)));
    if (!claimed) return finishRename(this.path, this.draft);
    // A rename onto another name of the same file does nothing.
    await this.told(rm(this.draft));
    await syncFolder(dirname(this.path));
  }

  async commit(): Promise<void> {
    try {
      await this.finish();
      this.keep();
      await this.takeName();
    } catch (error) {
      await this.discard();
      throw error;
    }
  }

  async discard(): Promise<void> {
    await this.file.close().catch(() => undefined);
    // Left behind, it does no harm; the reason is what counts.
    await rm(this.draft, { force: true }).catch(() => undefined);
    this.keep();
  }

  private async told<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      throw new WriteError(this.path, error);
    }
  }
}

/** Gives a file that was written whole under another name its own. */
export async function finishRename(path: string, draft = path + PARTIAL): Promise<void> {
  try {
    await rename(draft, path);
  } catch (error) {
    throw new WriteError(path, error);
  }
  await syncFolder(dirname(path));
}

/**
 * Gives a file a second name, if nothing has it yet. Where a file system has no second names it only looks, a moment before the
 * rename.
 *
 * @returns whether it has the name
 */
async function claimName(path: string, draft: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const found = code === 'EEXIST' || (await lstat(path).catch(() => undefined));
    if (!found) return false;
    throw Object.assign(new Error('EEXIST: a file has the name by now', { cause: error }), {
      code: 'EEXIST',
    });
  }
}

/**
 * Opens an empty file. It is made at once: what is still being made when the process tidies up and ends would be left
 * behind.
 */
async function openNew(path: string): Promise<FileHandle> {
  closeSync(openSync(path, 'w'));
  return open(path, 'r+');
}

/** Makes a rename last. Not every file system lets one open a folder; then it has to do without. */
async function syncFolder(path: string): Promise<void> {
  let folder: FileHandle | undefined;
  try {
    folder = await open(path, 'r');
    await folder.sync();
  } catch {
    return;
  } finally {
    await folder?.close();
  }
}
