import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { whyAllowed } from './allowed-skips.mjs';
import { addTasks, clearReports, countReport, noResults, summary } from './results.mjs';

const FOLDER = 'packages/a';

/** @param {object} report @param {Record<string, object>} [missing] */
function rootWith(report, missing = {}) {
  const root = mkdtempSync(join(tmpdir(), 'results-'));
  mkdirSync(join(root, FOLDER, 'reports/missing'), { recursive: true });
  writeFileSync(join(root, FOLDER, 'reports/vitest.json'), JSON.stringify(report));
  for (const [name, note] of Object.entries(missing)) {
    writeFileSync(join(root, FOLDER, 'reports/missing', name), JSON.stringify(note));
  }
  return root;
}

/** @param {Partial<import('./turbo.mjs').TurboTask>} changes */
const task = (changes) => ({
  name: 'test',
  folder: FOLDER,
  package: '@x/a',
  ok: true,
  cached: false,
  started: true,
  ...changes,
});

/** @param {[string, string][]} tests @param {string} [status] */
const file = (tests, status = 'passed') => ({
  name: 'a.test.ts',
  status,
  assertionResults: tests.map(([fullName, state]) => ({ fullName, status: state })),
});

it('counts what the reports and the types say, with the reasons of skips', () => {
  const root = rootWith(
    {
      testResults: [
        file([
          ['one', 'passed'],
          ['two', 'passed'],
          ['three', 'failed'],
          ['four', 'skipped'],
        ]),
      ],
    },
    { 'mpi.json': { what: 'MPI', reason: 'no mpirun' } },
  );
  const results = noResults();
  addTasks(results, [task({ ok: false }), task({ name: 'typecheck' }), task({ name: 'build' })], {
    root,
  });
  expect(summary(results)).toBe(
    'skipped: @x/a: MPI is missing: no mpirun\n  - four\nfailed: @x/a: three\n3 passed, 1 failed',
  );
});

it('takes a file that cannot be imported for a failure', () => {
  const report = { testResults: [file([], 'failed'), file([['one', 'passed']])] };
  expect(countReport(report)).toEqual({ passed: 1, failed: ['a.test.ts'], skipped: [] });
});

it('takes failed runs without a failed test, missing reports and tasks that never ran for failures', () => {
  const root = rootWith({ testResults: [file([['one', 'passed']])] });
  const results = noResults();
  addTasks(
    results,
    [
      task({ ok: false }),
      task({ folder: 'packages/gone', package: '@x/gone' }),
      task({ name: 'typecheck', ok: false }),
      task({ name: 'build', ok: false }),
      task({ name: 'build', ok: false, started: false, package: '@x/b' }),
    ],
    { root },
  );
  expect(results.failed).toEqual([
    '@x/a: test',
    '@x/gone: its tests left no report',
    '@x/a: typecheck',
    '@x/a: build',
    '@x/b: build (not run: what it needs failed)',
  ]);
});

it('forgets old reports', () => {
  const root = rootWith({ testResults: [file([['one', 'passed']])] });
  clearReports([FOLDER], root);
  const results = noResults();
  addTasks(results, [task({})], { root });
  expect(results.failed).toEqual(['@x/a: its tests left no report']);
});

it('names skipped tests where nothing noted a reason, and no skips where there are none', () => {
  const root = rootWith({ testResults: [file([['four', 'skipped']])] });
  const results = noResults();
  addTasks(results, [task({})], { root });
  expect(summary(results)).toBe('skipped: @x/a\n  - four\n0 passed, 0 failed');
  expect(summary({ passed: 3, failed: [], skipped: [] })).toBe('3 passed, 0 failed');
});

it('takes a skipped test for a failure where it is strict, unless this machine cannot run it', () => {
  const allowed = 'hifigan prepare reports a full disk and cleans up';
  const report = {
    testResults: [
      file([
        ['one', 'passed'],
        ['two', 'skipped'],
        ['three', 'todo'],
        [allowed, 'skipped'],
      ]),
    ],
  };
  const root = rootWith(report);
  const results = noResults();
  addTasks(results, [task({ package: '@hifigan/cli' })], { root, strict: true });
  expect(results.failed).toEqual([
    '@hifigan/cli: two (skipped; with CI=true it must run)',
    '@hifigan/cli: three (skipped; with CI=true it must run)',
  ]);
  expect(summary(results).split('\n').slice(0, 2)).toEqual([
    'skipped: @hifigan/cli',
    expect.stringMatching(/^ {2}- hifigan prepare reports a full disk and cleans up: .*mount/),
  ]);
  expect(summary(results).split('\n').at(-1)).toBe('1 passed, 2 failed');
  // The same name in another package is another test.
  const other = noResults();
  addTasks(other, [task({})], { root, strict: true });
  expect(other.failed).toHaveLength(3);
});

it('allows skips on machines that cannot run the test, and on no others', () => {
  const skip = { package: '@x/a', test: 'setup ', reason: 'only there' };
  expect(whyAllowed('@x/a', 'setup works', [{ ...skip, here: true }])).toBe('only there');
  expect(whyAllowed('@x/a', 'setup works', [{ ...skip, here: false }])).toBeUndefined();
  expect(whyAllowed('@x/a', 'another', [{ ...skip, here: true }])).toBeUndefined();
});
