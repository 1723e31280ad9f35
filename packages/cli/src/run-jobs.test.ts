import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Context } from './context.js';
import type { Job } from './files/plan-outputs.js';
import { LaneEnded, runJobs, type Work } from './run-jobs.js';
import { createConsole } from './terminal/console.js';

const jobsOf = (count: number): Job[] =>
  Array.from({ length: count }, (_, i) => ({
    file: { path: `/in/${i}`, shown: `${i}`, relative: `${i}`, fromFolder: false },
    output: `/out/${i}`,
    shown: `out/${i}`,
  }));

const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });

const run = (jobs: readonly Job[], lanes: readonly Work[]) => {
  const context: Context = {
    ...{ backends: [], program: undefined, stdin: process.stdin, env: {}, cwd: '/' },
    console: createConsole({ stdout: nowhere(), stderr: nowhere(), env: {}, json: false }),
    ...{ signal: new AbortController().signal, now: () => 0, atEnd: () => undefined },
  };
  return runJobs(context, { label: 'test', jobs, lanes, alone: false });
};

/** A lane that ends at its so-manieth job. */
const endingAt = (most: number): Work => {
  let done = 0;
  return async () => {
    if (done === most) throw new LaneEnded('there is no process left');
    done++;
    return {};
  };
};

describe('jobs on lanes', () => {
  it('are done by the others where a lane ends, each once', async () => {
    const done: string[] = [];
    const good: Work = async ({ shown }) => {
      done.push(shown);
      return {};
    };
    const { files, failed } = await run(jobsOf(20), [endingAt(0), good, endingAt(3)]);
    expect([files.length, failed]).toEqual([20, []]);
    expect(new Set(done).size).toBe(done.length);
    expect(done).toHaveLength(17);
  });

  it('are done even where the job is given back when the others have nothing to do any more', async () => {
    let release = () => {};
    const waiting = new Promise<void>((done) => {
      release = done;
    });
    const late: Work = async () => {
      await waiting;
      throw new LaneEnded('gone');
    };
    const quick: Work = async () => {
      setTimeout(release, 20);
      return {};
    };
    const { files, failed } = await run(jobsOf(2), [late, quick]);
    expect(files.map(({ in: name }) => name)).toEqual(['0', '1']);
    expect(failed).toEqual([]);
  });

  it('that nobody is left for are told as not begun', async () => {
    const { files, failed } = await run(jobsOf(6), [endingAt(2), endingAt(1)]);
    expect(files).toHaveLength(3);
    expect(failed).toHaveLength(3);
    for (const { in: name, reason } of failed) {
      expect(reason).toBe(`${name}: was not begun, because there is no process left`);
    }
  });

  it('that fail say which they are, once', async () => {
    const reasons = ['1: cannot be read', 'the engine has gone', '30 is no length'];
    const work: Work = async ({ file }) => {
      throw new Error(reasons[Number(file.shown) - 1] ?? 'x');
    };
    const { failed } = await run(jobsOf(4).slice(1), [work]);
    expect(failed.map(({ reason }) => reason)).toEqual([
      '1: cannot be read',
      '2: the engine has gone',
      '3: 30 is no length',
    ]);
  });
});
