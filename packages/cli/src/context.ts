import { isAbsolute, resolve } from 'node:path';
import { breathe } from '@hifigan/train/node';
import type { Backend } from './backends/backend.js';
import { Interrupted } from './errors.js';
import type { SourceFiles } from './files/source-files.js';
import type { Console } from './terminal/console.js';

/**
 * What a command may touch of the world: made once by `main`, so that tests can hand in their own.
 */
export interface Context {
  readonly backends: readonly Backend[];
  /** File that runs this command line with the same backends, for processes of its own. */
  readonly program: string | undefined;
  readonly console: Console;
  readonly stdin: NodeJS.ReadableStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where relative paths begin. */
  readonly cwd: string;
  /** Where what is read is noted, so that a file that changes meanwhile is told; for commands that promise a copy. */
  readonly sources?: SourceFiles;
  /** Aborted by Ctrl-C: finish or undo the present item, then throw {@link Interrupted}. */
  readonly signal: AbortSignal;
  /** Milliseconds; for speeds and time left. */
  now(): number;
  /** What is to be done when the last word has been said; told the exit code. */
  atEnd(work: (code: number) => Promise<void>): void;
}

/** The absolute path of what the user typed. */
export function pathOf(context: Pick<Context, 'cwd'>, typed: string): string {
  return isAbsolute(typed) ? typed : resolve(context.cwd, typed);
}

/** Lets signals and timers in, then throws {@link Interrupted} where Ctrl-C was pressed. */
export async function heedInterrupt(context: Context): Promise<void> {
  await breathe();
  if (context.signal.aborted) throw new Interrupted();
}

/**
 * Where the user stands. npm runs scripts in the folder of package.json and keeps the user's in INIT_CWD;
 * only our own repository's scripts (`npm run -s hifigan -- …`) mean that one.
 */
export function userFolder(env: Context['env'], cwd: string): string {
  return env.npm_package_name === 'hifigan-typescript' && env.INIT_CWD ? env.INIT_CWD : cwd;
}
