import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Answers, Question } from '../bench/task.js';
import { Interrupted } from '../errors.js';
import { inFolder } from '../testing/run-main.js';
import { type Alarm, ProcessFailure, startAskedProcess } from './asked-process.js';

const startContender = startAskedProcess<Question, Answers>;

/** A contender that answers with its number, except where it was told not to; deaf to polite signals. */
const PROGRAM = `
for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => {});
process.on('message', ({ ask, frames }) => {
  if (ask === 'run' && frames === 0) {
    console.error('hangs');
    // Not for ever, lest it stay where the test fails.
    const end = Date.now() + 60_000;
    while (Date.now() < end) {}
    process.exit();
  }
  if (ask === 'run' && frames === 1) {
    console.error('Error: no more of it');
    process.exit(3);
  }
  process.send(ask === 'memory' ? { answer: { peakBytes: process.pid } } : { error: 'never' });
});
process.on('disconnect', () => process.exit());
`;

/** An alarm that the test rings. */
function alarmClock() {
  const set: number[] = [];
  let ring: (() => void) | undefined;
  const alarm: Alarm = (seconds, call) => {
    set.push(seconds);
    ring = call;
    return () => {
      ring = undefined;
    };
  };
  return { alarm, set, ring: () => ring?.(), isSet: () => ring !== undefined };
}

const inProcess = (
  options: { readonly alarm?: Alarm; readonly patience?: number; readonly signal?: AbortSignal },
  work: (
    contender: ReturnType<typeof startContender>,
    heard: (line: string) => Promise<void>,
  ) => Promise<void>,
) =>
  inFolder(async (folder) => {
    const program = join(folder, 'contender.mjs');
    await writeFile(program, PROGRAM);
    const lines: string[] = [];
    let told = () => {};
    const contender = startContender({
      ...{
        program,
        verb: 'bench-contender',
        env: process.env,
        patience: 7,
        signal: new AbortController().signal,
      },
      ...options,
      onLine(line) {
        lines.push(line);
        told();
      },
    });
    const heard = async (line: string) => {
      while (!lines.includes(line)) {
        await new Promise<void>((next) => {
          told = next;
        });
      }
    };
    try {
      await work(contender, heard);
    } finally {
      contender.end();
    }
  });

/** Waits until there is no such process. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((next) => setTimeout(next, 5));
  }
}

describe('a process that is asked', () => {
  it('is ended where it gives no answer in time, and asked no more', () => {
    const { alarm, set, ring, isSet } = alarmClock();
    return inProcess({ alarm }, async (contender, heard) => {
      const { peakBytes: pid } = await contender.ask({ ask: 'memory' });
      expect([set, isSet()]).toEqual([[7], false]);
      const answer = contender.ask({ ask: 'run', frames: 0 });
      await heard('hangs');
      ring();
      const failure = new ProcessFailure('gave no answer in 7.0 s, and was ended');
      await expect(answer).rejects.toThrow(failure);
      await gone(pid);
      await expect(contender.ask({ ask: 'memory' })).rejects.toThrow(failure);
      expect(isSet()).toBe(false);
    });
  });

  it('may take longer than timers can tell', () =>
    inProcess({ patience: 1e7 }, async (contender) => {
      expect((await contender.ask({ ask: 'memory' })).peakBytes).toBeGreaterThan(0);
    }));

  it('fails with its last words, or with its own error', () =>
    inProcess({}, async (contender) => {
      await expect(contender.ask({ ask: 'begin', frames: 1 })).rejects.toThrow(
        new ProcessFailure('never'),
      );
      await expect(contender.ask({ ask: 'run', frames: 1 })).rejects.toThrow(
        new ProcessFailure('its process ended with code 3: Error: no more of it'),
      );
    }));

  it('is ended by Ctrl-C in the middle of an answer', () => {
    const controller = new AbortController();
    return inProcess({ signal: controller.signal }, async (contender, heard) => {
      const { peakBytes: pid } = await contender.ask({ ask: 'memory' });
      const answer = contender.ask({ ask: 'run', frames: 0 });
      await heard('hangs');
      controller.abort();
      await expect(answer).rejects.toThrow(Interrupted);
      await gone(pid);
    });
  });

  it('tells where there is no such program', async () => {
    const contender = startContender({
      program: '/no/such/program.mjs',
      verb: 'bench-contender',
      ...{ env: process.env, patience: 60, onLine: () => undefined },
      signal: new AbortController().signal,
    });
    await expect(contender.ask({ ask: 'memory' })).rejects.toThrow(
      /^its process ended with code 1: .*no.such.program\.mjs/,
    );
  });
});
