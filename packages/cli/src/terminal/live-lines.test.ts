import { describe, expect, it } from 'vitest';
import { createConsole, type Sink } from './console.js';
import { cutToWidth, displayWidth } from './width.js';

/** A terminal that knows what a view needs, and breaks lines anew when it is made narrower, as most do. */
function terminal(columns: number, rows = 24) {
  let lines: string[] = [''];
  let row = 0;
  let column = 0;
  let listener: (() => void) | undefined;
  let raw = '';
  const put = (letter: string) => {
    if (column >= sink.columns) throw new Error('a letter in no column');
    lines[row] = lines[row].slice(0, column).padEnd(column) + letter + lines[row].slice(column + 1);
    column++;
  };
  const sink = {
    isTTY: true,
    columns,
    rows,
    write(chunk: string | Uint8Array, done?: () => void) {
      raw += chunk;
      // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's codes are control characters.
      for (const [code] of String(chunk).matchAll(/\u001b\[\d*[A-Za-z]|[\s\S]/gu)) {
        if (code === '\r') column = 0;
        else if (code === '\n') {
          row++;
          column = 0;
          lines[row] ??= '';
        } else if (code.endsWith('A') && code.length > 1) row -= Number(code.slice(2, -1));
        else if (code === '\u001b[J') {
          lines[row] = lines[row].slice(0, column);
          lines.length = row + 1;
        } else if (code === '\u001b[2K') lines[row] = '';
        else if (!code.endsWith('m') || code.length === 1) put(code);
      }
      done?.();
    },
    on(_: 'resize', added: () => void) {
      listener = added;
    },
    off() {
      listener = undefined;
    },
  };
  return {
    sink: sink satisfies Sink,
    shown: () => lines.map((line) => line.trimEnd()),
    raw: () => raw,
    listens: () => listener !== undefined,
    resize(width: number) {
      const broken = lines.map((line) => line.match(new RegExp(`.{1,${width}}`, 'g')) ?? ['']);
      lines = broken.flat();
      row = lines.length - 1;
      column = lines[row].length;
      sink.columns = width;
      listener?.();
    },
  };
}

function consoleOn(columns: number, { rows = 24, env = {} } = {}) {
  const screen = terminal(columns, rows);
  const console = createConsole({ stdout: screen.sink, stderr: screen.sink, env, json: false });
  return { ...screen, console };
}

const VIEW = [
  ['train', 'step 1 of 2'],
  ['loss', 'mel 0.5'],
] as const;

describe('a view of several lines', () => {
  it('is drawn over itself, below what else is written, and taken away', async () => {
    const { console, shown, listens } = consoleOn(40);
    console.note('before');
    console.view(VIEW);
    expect(shown()).toEqual(['before', 'train  step 1 of 2', 'loss   mel 0.5']);
    console.warn('odd');
    await console.result('a result');
    console.view([VIEW[0], ['loss', 'less'], ['speed', 'fast']]);
    const above = ['before', 'note: odd', 'a result'];
    expect(shown()).toEqual([...above, 'train  step 1 of 2', 'loss   less', 'speed  fast']);
    console.view([VIEW[0]]);
    expect(shown()).toEqual([...above, 'train  step 1 of 2']);
    console.view([]);
    expect(shown()).toEqual([...above, '']);
    expect(listens()).toBe(false);
  });

  it('is cut to the terminal, whatever its letters', () => {
    const { console, shown } = consoleOn(20);
    console.view([
      ['train', '█'.repeat(30)],
      ['日本', '日本語日本語日本語'],
    ]);
    expect(shown()).toEqual([`train  ${'█'.repeat(11)}…`, '日本   日本語日本…']);
  });

  it('stays one view when the terminal is made narrower or wider', () => {
    const { console, shown, resize } = consoleOn(60);
    console.note('before');
    console.view([
      ['train', 'x'.repeat(50)],
      ['loss', 'y'.repeat(30)],
    ]);
    for (const columns of [20, 7, 3, 60]) resize(columns);
    expect(shown().slice(-2)).toEqual([`train  ${'x'.repeat(50)}`, `loss   ${'y'.repeat(30)}`]);
    expect(shown().join('')).toMatch(/^before?train {2}x+loss/);
  });

  it('is no higher than the terminal', () => {
    const { console, shown } = consoleOn(40, { rows: 3 });
    console.view([...VIEW, ['speed', 'fast'], ['valid', 'none']]);
    expect(shown()).toEqual(['train  step 1 of 2', 'loss   mel 0.5']);
  });

  it('has no colours with NO_COLOR, and is nothing off a terminal', () => {
    const { console, raw } = consoleOn(40, { env: { NO_COLOR: '1' } });
    console.view(VIEW);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's codes are control characters.
    expect(raw()).not.toMatch(/\u001b\[\d+m/);
    const coloured = consoleOn(40);
    coloured.console.view(VIEW);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: as above.
    expect(coloured.raw()).toMatch(/\u001b\[2mtrain\u001b\[0m/);
    const dumb = consoleOn(40, { env: { TERM: 'dumb' } });
    dumb.console.view(VIEW);
    expect(dumb.raw()).toBe('');
  });
});

describe('widths', () => {
  it('are those of a terminal', () => {
    expect(['abc', '日本', 'e\u0301', '😀', '█×…', ''].map(displayWidth)).toEqual([
      3, 4, 1, 2, 3, 0,
    ]);
  });

  it('cut where it does not fit', () => {
    const cut = [4, 3, 2, 1, 0].map((columns) => cutToWidth('日本', columns));
    expect(cut).toEqual(['日本', '日…', '…', '…', '']);
  });
});
