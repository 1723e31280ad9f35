import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { whyAllowed } from './allowed-skips.mjs';
import { ROOT, readJson } from './workspace.mjs';

/**
 * What was checked, in numbers, and what there is to say about it.
 *
 * @typedef {object} Results
 * @property {number} passed
 * @property {string[]} failed names
 * @property {{name: string, tests: string[], reasons: string[]}[]} skipped by package
 */

/** @returns {Results} */
export const noResults = () => ({ passed: 0, failed: [], skipped: [] });

/**
 * Forgets the reports of earlier runs; turbo's cache puts back those that still hold.
 *
 * @param {readonly string[]} folders of packages
 * @param {string} [root]
 */
export function clearReports(folders, root = ROOT) {
  for (const folder of folders) {
    rmSync(join(root, folder, 'reports'), { recursive: true, force: true });
  }
}

/**
 * Adds the tasks that turbo ran: a package's types count as one test, its tests as what its report
 * says. A build counts only where it fails. A skipped test is told with its reason; where it is strict, it counts as
 * a failure, unless it is one that this machine cannot run.
 *
 * @param {Results} results changed
 * @param {readonly import('./turbo.mjs').TurboTask[]} tasks
 * @param {{root?: string, strict?: boolean}} [options]
 */
export function addTasks(results, tasks, { root = ROOT, strict = false } = {}) {
  for (const task of tasks) {
    const name = `${task.package}: ${task.name}`;
    if (!task.started) results.failed.push(`${name} (not run: what it needs failed)`);
    else if (task.name === 'test') addReport(results, task, { root, strict });
    else if (!task.ok) results.failed.push(name);
    else if (task.name === 'typecheck') results.passed += 1;
  }
}

/**
 * @param {Results} results changed
 * @param {import('./turbo.mjs').TurboTask} task
 * @param {{root: string, strict: boolean}} options
 */
function addReport(results, task, { root, strict }) {
  const reports = join(root, task.folder, 'reports');
  const path = join(reports, 'vitest.json');
  if (!existsSync(path)) {
    results.failed.push(`${task.package}: its tests left no report`);
    return;
  }
  const { passed, failed, skipped } = countReport(readJson(path));
  results.passed += passed;
  results.failed.push(...failed.map((name) => `${task.package}: ${name}`));
  if (!task.ok && failed.length === 0) results.failed.push(`${task.package}: test`);
  /** @type {string[]} */
  const tests = [];
  for (const test of skipped) {
    const reason = whyAllowed(task.package, test);
    if (reason) tests.push(`${test}: ${reason}`);
    else if (strict)
      results.failed.push(`${task.package}: ${test} (skipped; with CI=true it must run)`);
    else tests.push(test);
  }
  if (tests.length > 0) {
    results.skipped.push({
      name: task.package,
      tests,
      reasons: missingTools(join(reports, 'missing')),
    });
  }
}

/**
 * @param {any} report any: what vitest's json reporter writes
 * @returns {{passed: number, failed: string[], skipped: string[]}}
 */
export function countReport(report) {
  const failed = [];
  const skipped = [];
  let passed = 0;
  for (const file of report.testResults) {
    let failures = 0;
    for (const { status, fullName } of file.assertionResults) {
      if (status === 'passed') passed += 1;
      else if (status === 'failed') failures = failed.push(fullName);
      else skipped.push(fullName);
    }
    // A file that cannot be imported holds no test, and must not pass for that.
    if (file.status === 'failed' && failures === 0) failed.push(file.name);
  }
  return { passed, failed, skipped };
}

/**
 * What `requireNative` of the testkit noted.
 *
 * @param {string} folder
 * @returns {string[]}
 */
function missingTools(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const { what, reason } = readJson(join(folder, name));
      return `${what} is missing: ${reason}`;
    });
}

/**
 * @param {Results} results
 * @returns {string} ends in the one line that counts, `N passed, N failed`; what was skipped stands before it
 */
export function summary({ passed, failed, skipped }) {
  const lines = skipped.flatMap(({ name, tests, reasons }) => [
    `skipped: ${[name, ...reasons].join(': ')}`,
    ...tests.map((test) => `  - ${test}`),
  ]);
  lines.push(...failed.map((name) => `failed: ${name}`));
  return [...lines, `${passed} passed, ${failed.length} failed`].join('\n');
}
