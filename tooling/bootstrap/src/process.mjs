import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';

/** How much of a command's output is kept for its failure's message, in characters. */
const TAIL = 20_000;

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {boolean} [quiet] keeps the output to itself
 * @property {(line: string) => void} [onLine] told each line of the output, without colours
 */

/**
 * Runs a command without a shell (paths may hold spaces) and without a standard input (nothing may
 * ask). Its output is passed on, and its end is kept.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{code: number, stdout: string, tail: string}>} code 127: it could not be started
 */
export function run(command, args, { cwd, env = process.env, quiet = false, onLine } = {}) {
  return new Promise((resolve) => {
    const colours =
      process.stdout.isTTY && !env.NO_COLOR && !env.FORCE_COLOR ? { FORCE_COLOR: '1' } : {};
    const child = spawn(command, args, {
      cwd,
      env: { ...env, ...colours },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let tail = '';
    /** @param {NodeJS.WriteStream} to @returns {(chunk: Buffer) => void} */
    const pass = (to) => (chunk) => {
      const text = chunk.toString();
      tail = (tail + text).slice(-TAIL);
      if (to === process.stdout) stdout += text;
      if (!quiet) to.write(chunk);
    };
    child.stdout.on('data', pass(process.stdout));
    child.stderr.on('data', pass(process.stderr));
    if (onLine) {
      for (const input of [child.stdout, child.stderr]) {
        createInterface({ input }).on('line', (line) => onLine(stripVTControlCharacters(line)));
      }
    }
    child.on('error', (error) => resolve({ code: 127, stdout, tail: `${tail}${error.message}` }));
    child.on('close', (code, signal) =>
      resolve({ code: code ?? (signal ? 128 : 1), stdout, tail }),
    );
  });
}
