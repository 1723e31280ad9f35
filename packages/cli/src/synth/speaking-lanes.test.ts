import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Context } from '../context.js';
import { LaneEnded } from '../run-jobs.js';
import { createConsole } from '../terminal/console.js';
import { inFolder } from '../testing/run-main.js';
import { openLanes } from './speaking-lanes.js';

/** Speaks whatever it is asked for; at `die` it is killed, and no process that starts later can. */
const PROGRAM = `
import { existsSync, writeFileSync } from 'node:fs';
if (existsSync('spoiled')) {
  console.error('Error: no memory left');
  process.exit(3);
}
process.on('message', ({ ask, job }) => {
  if (job?.output === 'spoil') writeFileSync('spoiled', '');
  if (job?.output === 'spoil' || job?.output === 'die') process.kill(process.pid, 'SIGKILL');
  else process.send({ answer: ask === 'start' ? { shown: 'x', computes: 'y' } : { frames: 1, seconds: 1 } });
});
process.on('disconnect', () => process.exit());
`;

const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });

const inLane = (
  work: (speak: (output: string) => Promise<unknown>) => Promise<void>,
): Promise<void> =>
  inFolder(async (cwd) => {
    const program = join(cwd, 'program.mjs');
    await writeFile(program, PROGRAM);
    const context: Context = {
      ...{ backends: [], program, stdin: process.stdin, env: process.env, cwd },
      console: createConsole({ stdout: nowhere(), stderr: nowhere(), env: {}, json: false }),
      ...{ signal: new AbortController().signal, now: () => 0, atEnd: () => undefined },
    };
    const lanes = await openLanes(context, {
      ...{ workers: 2, backend: 'cpu', inputFormat: 'auto', format: 'pcm16' },
    });
    const [lane] = lanes.works;
    const advance = async () => undefined;
    const file = { path: '/a', shown: 'a', relative: 'a', fromFolder: false };
    try {
      await work((output) => lane({ file, output, shown: output }, advance));
    } finally {
      await lanes.end();
    }
  });

describe('a lane of synth', () => {
  it('names the file in work where its process dies, and has another for the next', () =>
    inLane(async (speak) => {
      for (let time = 0; time < 8; time++) {
        await expect(speak('die')).rejects.toThrow(/^a: its process was ended by SIGKILL/);
      }
      // Files that end processes do not end the lane: each process did start.
      expect(await speak('b')).toEqual({ frames: 1, seconds: 1 });
    }));

  it('gives a job back where no process can be started any more', () =>
    inLane(async (speak) => {
      await expect(speak('spoil')).rejects.toThrow(/^a: its process was ended by SIGKILL/);
      const ended = new LaneEnded(
        '5 processes ended one after the other: its process ended with code 3: Error: no memory left',
      );
      await expect(speak('b')).rejects.toThrow(ended);
      await expect(speak('b')).rejects.toBeInstanceOf(LaneEnded);
    }));
});
