import { spawn } from 'node:child_process';
import { SetupError } from './setup-error.js';

/** How a command is run. */
export interface CommandOptions {
  readonly environment?: NodeJS.ProcessEnv;
  /** Ends the command when it is aborted. */
  readonly signal?: AbortSignal;
}

/** Lines of a failing command's messages that an error repeats. */
const LINES_SHOWN = 20;

/**
 * Runs a program without a shell and returns its standard output.
 *
 * @throws SetupError with the end of its messages where it cannot be started or fails
 */
export function runCommand(
  program: string,
  args: readonly string[],
  { environment, signal }: CommandOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    let output = '';
    let messages = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      messages += chunk;
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.name === 'AbortError') return reject(error);
      reject(
        new SetupError(
          error.code === 'ENOENT'
            ? `${program} is not installed; install it, then run setup again`
            : `${program} cannot be started: ${error.message}`,
        ),
      );
    });
    child.on('close', (code, endedBy) => {
      if (code === 0) return resolve(output);
      // Ctrl-C in a terminal ends the program too, and its end may be seen first: no failure of its own.
      if (signal?.aborted || endedBy === 'SIGINT') {
        return reject(new DOMException('interrupted', 'AbortError'));
      }
      const end = `${messages}${output}`.trimEnd().split('\n').slice(-LINES_SHOWN).join('\n');
      const what = endedBy ? `was ended by ${endedBy}` : `failed with code ${code}`;
      reject(new SetupError(`${[program, ...args].join(' ')} ${what}:\n${end}`));
    });
  });
}
