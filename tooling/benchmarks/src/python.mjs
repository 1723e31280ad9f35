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
  return ask(
    spawn(python, [script, ...args], {
      env: { ...process.env, ...limits },
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
    script,
  );
}

/**
 * The same in Node.
 *
 * @param {string} script
 * @param {string[]} args
 */
export function askNode(script, args) {
  return ask(
    spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'inherit'] }),
    script,
  );
}

/**
 * @param {import('node:child_process').ChildProcessByStdio<import('node:stream').Writable,
 *   import('node:stream').Readable, null>} child
 * @param {string} script
 */
function ask(child, script) {
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  /** @returns {Promise<any>} */
  const next = async () => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`${script} ended without an answer`);
      // tfjs greets on stdout.
      if (value.startsWith('{')) return JSON.parse(value);
    }
  };
  return {
    /** The next answer, asked for or not. */
    next,
    /**
     * @param {string} question
     * @returns {Promise<any>} whatever the script answers
     */
    async ask(question) {
      child.stdin.write(`${question}\n`);
      return next();
    },
    close() {
      child.stdin.end();
    },
  };
}
