import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './process.mjs';
import { ROOT, readJson } from './workspace.mjs';

/** No telemetry, no remote cache, no questions: everything stays on this machine. */
const QUIET = {
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  TURBO_CACHE: 'local:rw',
  TURBO_UI: 'false',
};

/**
 * @typedef {object} TurboTask
 * @property {string} name such as `test`
 * @property {string} folder of the package, relative to the root
 * @property {string} package
 * @property {boolean} ok
 * @property {boolean} cached
 * @property {boolean} started whether it ran, or was found in the cache
 */

/**
 * Runs tasks of all packages, two at a time, to the end whatever fails.
 *
 * @param {readonly string[]} tasks
 * @param {NodeJS.ProcessEnv} env
 * @param {{root?: string, quiet?: boolean}} [options] quiet: only what fails is shown
 * @returns {Promise<{code: number, tail: string, tasks: TurboTask[]}>}
 */
export async function turbo(tasks, env, { root = ROOT, quiet = false } = {}) {
  const runs = join(root, '.turbo', 'runs');
  rmSync(runs, { recursive: true, force: true });
  mkdirSync(runs, { recursive: true });
  const args = ['run', ...tasks, '--continue=dependencies-successful', '--concurrency=2'];
  const { code, tail } = await run(
    process.execPath,
    [
      join(root, 'node_modules/turbo/bin/turbo'),
      ...args,
      '--summarize',
      `--output-logs=${quiet ? 'errors-only' : 'new-only'}`,
      '--log-order=grouped',
    ],
    { cwd: root, env: { ...env, ...QUIET } },
  );
  const summaries = readdirSync(runs).filter((name) => name.endsWith('.json'));
  const summary = summaries.length > 0 ? readJson(join(runs, summaries[0])) : { tasks: [] };
  return { code, tail, tasks: summary.tasks.flatMap(readTask) };
}

/** @param {any} task any: turbo's run summary @returns {TurboTask[]} */
function readTask(task) {
  if (task.command === '<NONEXISTENT>') return [];
  const cached = task.cache?.status === 'HIT';
  return [
    {
      name: task.task,
      folder: task.directory,
      package: task.package,
      cached,
      started: cached || task.execution !== undefined,
      ok: cached || task.execution?.exitCode === 0,
    },
  ];
}
