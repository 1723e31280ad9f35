import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** The judges' interpreter: `HIFIGAN_JUDGES_PYTHON`, else where `CI=true npm test` puts it. */
export function judgesPython(environment = process.env) {
  const { HIFIGAN_JUDGES_PYTHON: named, HIFIGAN_CACHE: own, XDG_CACHE_HOME: shared } = environment;
  if (named) return named;
  const cache = own
    ? resolve(own)
    : join(shared ? resolve(shared) : join(homedir(), '.cache'), 'hifigan');
  return join(cache, 'judges', 'bin', 'python');
}

/**
 * A Python process that answers each line with a line of JSON; on one thread, unless told otherwise.
 *
 * @param {string} script
 * @param {string[]} args
 * @param {{ threads?: number }} [options]
 */
export function askPython(script, args, { threads = 1 } = {}) {
  const python = judgesPython();
  if (!existsSync(python)) {
    throw new Error(
      `there is no ${python}, which the Python contenders need; CI=true npm test makes it, HIFIGAN_JUDGES_PYTHON names another`,
    );
  }
  const limits = Object.fromEntries(
    ['OMP', 'MKL', 'OPENBLAS', 'NUMBA'].map((library) => [
      `${library}_NUM_THREADS`,
      String(threads),
    ]),
  );
  const child = spawn(python, [script, ...args], {
    env: { ...process.env, ...limits },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    /**
     * @param {string} question
     * @returns {Promise<any>} whatever the script answers
     */
    async ask(question) {
      child.stdin.write(`${question}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${script} ended without an answer to ${question}`);
      return JSON.parse(value);
    },
    close() {
      child.stdin.end();
    },
  };
}
