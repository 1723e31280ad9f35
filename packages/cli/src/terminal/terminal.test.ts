import { describe, expect, it } from 'vitest';
import type { Context } from '../context.js';
import { createConsole } from './console.js';
import { byteSize, counted, duration, grid, table } from './format.js';
import { createProgress } from './progress.js';

function progressOn(isTTY: boolean, { columns = 80, total = 10 as number | (() => number) } = {}) {
  let written = '';
  let time = 0;
  const stderr = { write: (text: string | Uint8Array) => (written += text), isTTY, columns };
  const console = createConsole({ stdout: stderr, stderr, env: {}, json: false });
  const context = { console, now: () => time } as unknown as Context;
  return {
    console,
    progress: createProgress(context, 'work', total),
    at: (seconds: number) => {
      time = seconds * 1000;
    },
    written: () => written,
  };
}

describe('progress', () => {
  it('draws a bar with the time left on a terminal, at most ten times a second, and wipes it', () => {
    const { progress, at, written } = progressOn(true);
    progress.update(0);
    at(0.05);
    progress.update(1);
    at(5);
    progress.update(5, 'a.wav');
    progress.end();
    const frames = written().split('\r\u001b[2K');
    expect(frames).toEqual([
      '',
      'work ░░░░░░░░░░░░░░░░░░░░░░░░   0%, ? left  ',
      'work ████████████░░░░░░░░░░░░  50%, 5.0 s left  a.wav',
      '',
    ]);
  });

  it('makes room for lines that come in between', () => {
    const { console, progress, at, written } = progressOn(true);
    progress.update(0);
    console.warn('odd');
    console.note('more');
    at(1);
    progress.update(1);
    progress.end();
    console.note('done');
    const [, first, notes, second, end] = written().split('\r\u001b[2K');
    expect([notes, end]).toEqual(['\u001b[33mnote:\u001b[0m odd\nmore\n', 'done\n']);
    expect([first, second]).toEqual([0, 1].map(() => expect.stringMatching(/^work .*left {2}$/)));
  });

  it('has no figures until the total is known, and a short bar where there is little room', () => {
    let total = Number.NaN;
    const { progress, at, written } = progressOn(true, { columns: 40, total: () => total });
    progress.update(0, 'begins');
    at(5);
    total = 10;
    progress.update(5, 'a very long name of a file');
    const [, first, second] = written().split('\r\u001b[2K');
    expect([first, second]).toEqual(['work  begins', 'work ████░░░░  50%, 5.0 s left  a very ']);
    expect(second).toHaveLength(39);
  });

  it('writes plain lines every five seconds elsewhere', () => {
    const { progress, at, written } = progressOn(false);
    for (let second = 0; second <= 10; second++) {
      at(second);
      progress.update(second);
    }
    progress.end();
    expect(written()).toBe('work  50%, 5.0 s left\nwork 100%, 0.0 s left\n');
  });
});

describe('format', () => {
  it('speaks to people', () => {
    expect([0.44, 9.96, 12.4, 185, 7629, Number.NaN].map(duration)).toEqual([
      '0.4 s',
      '10 s',
      '12 s',
      '3:05 min',
      '2:07:09 h',
      '?',
    ]);
    expect([512, 1_800_000, 999_600, 123_456].map(byteSize)).toEqual([
      '512 B',
      '1.8 MB',
      '1.0 MB',
      '123 kB',
    ]);
    expect([counted(1, 'file'), counted(1200, 'file'), counted(2, 'entry', 'entries')]).toEqual([
      '1 file',
      '1,200 files',
      '2 entries',
    ]);
    expect(
      table([
        ['a', '1'],
        ['long', '2'],
      ]),
    ).toBe('a     1\nlong  2');
  });
});

describe('grid', () => {
  it('has texts to the left, numbers to the right, and no spaces at the ends', () => {
    const rows = [
      ['v1', 'wasm', '12.5', ''],
      ['mine.json', 'cpu', '3', '1 round'],
    ];
    expect(grid(['', 'backend', 'speed', ''], rows, [0, 1, 3]).split('\n')).toEqual([
      '           backend  speed',
      'v1         wasm      12.5',
      'mine.json  cpu          3  1 round',
    ]);
  });
});
