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
 * @param {readonly string[]} wanted
 * @param {NodeJS.ProcessEnv} env
 * @param {{root?: string, quiet?: boolean, onTask?: (task: string) => void}} [options] quiet: only what fails is shown;
 *   `onTask` is told of each task that was run and is done, such as `@hifigan/ops build`
 * @returns {Promise<{code: number, tail: string, tasks: TurboTask[]}>}
 */
export async function turbo(wanted, env, { root = ROOT, quiet = false, onTask } = {}) {
  const runs = join(root, '.turbo', 'runs');
  rmSync(runs, { recursive: true, force: true });
  mkdirSync(runs, { recursive: true });
  const args = ['run', ...wanted, '--continue=dependencies-successful', '--concurrency=2'];
  /** @type {string[]} */
  const lines = [];
  const { code, tail } = await run(
    process.execPath,
    [
      join(root, 'node_modules/turbo/bin/turbo'),
      ...args,
      '--summarize',
      // A task that is quiet about itself is not told either.
      `--output-logs=${quiet && !onTask ? 'errors-only' : 'new-only'}`,
      '--log-order=grouped',
    ],
    {
      cwd: root,
      env: { ...env, ...QUIET },
      ...(onTask && {
        quiet: true,
        onLine(line) {
          lines.push(line);
          const done = /^(\S+):(\S+): cache miss, executing /.exec(line);
          if (done) onTask(`${done[1]} ${done[2]}`);
        },
      }),
    },
  );
  const summaries = readdirSync(runs).filter((name) => name.endsWith('.json'));
  const summary = summaries.length > 0 ? readJson(join(runs, summaries[0])) : { tasks: [] };
  /** @type {TurboTask[]} */
  const tasks = summary.tasks.flatMap(readTask);
  if (onTask && code !== 0) {
    const failed = tasks.filter(({ started, ok }) => started && !ok);
    const names = failed.map((task) => `${task.package}:${task.name}: `);
    const own = lines.filter((line) => names.some((name) => line.startsWith(name)));
    console.error((own.length > 0 ? own : lines).join('\n'));
  }
  return { code, tail, tasks };
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
