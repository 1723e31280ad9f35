/** Something in the world is wrong: a file, a disk, a machine. The message says what to do; exit code 1. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** The command was written wrongly; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Ctrl-C; exit code 130. Whoever has written something by then says what is kept. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor(message = 'interrupted; nothing was written') {
    super(message);
  }
}

/** What to say of an error: the message of those that we raise, with the system's plain reason for files. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, path, dest, syscall } = error as NodeJS.ErrnoException & { dest?: string };
  const file = dest ?? path;
  const reason = code === undefined ? undefined : REASONS[code];
  if (!reason) return error.message;
  if (file) return `${file}: ${reason}`;
  // Without a path it is a stream, the result's, or a file that was open already.
  return syscall === 'read'
    ? `a file cannot be read: ${reason}`
    : `the result cannot be written: ${reason}`;
}

/** Words that help, by the codes of system errors. */
export const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder; check the path',
  EACCES: 'no permission; check who owns it, or choose another place',
  EPERM: 'no permission; check who owns it, or choose another place',
  EEXIST: 'a file of this name is in the way; choose another place',
  EROFS: 'the disk is read-only; choose another place',
  ENOSPC: 'the disk is full; free some space or choose another place',
  EDQUOT: 'the disk quota is used up; free some space or choose another place',
  EISDIR: 'is a folder, where a file is needed',
  ENOTDIR: 'a part of the path is a file, where a folder is needed',
  EMFILE: 'too many files are open; close other programs',
  ENAMETOOLONG: 'the name is too long for this disk; choose a shorter one',
};
