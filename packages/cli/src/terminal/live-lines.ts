import type { Paint, Sink } from './console.js';
import { cutToWidth, displayWidth } from './width.js';

/** A line of a view: what it is about, and what there is to say. Plain text, without codes. */
export type LiveLine = readonly [label: string, text: string];

/**
 * Lines at the lower end of a terminal, drawn over each time. What else is written stands above them: `around` takes
 * them away before and draws them again after.
 */
export interface LiveLines {
  /** Draws other lines; none takes them away. */
  show(lines: readonly LiveLine[]): void;
  /** Writes something else, which ends its own line. */
  around(write: () => void): void;
}

/** @param sink a terminal; asked for its size at each drawing, since people change it */
export function createLiveLines(sink: Sink, paint: Paint): LiveLines {
  let shown: readonly LiveLine[] = [];
  /** Columns of each line that stands there. */
  let drawn: readonly number[] = [];

  const columns = () => Math.max(2, sink.columns ?? 80);
  const erase = () => {
    if (drawn.length === 0) return '';
    // Terminals break lines anew when they become narrower: then the view is higher than it was drawn.
    const rows = drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns())), 0);
    drawn = [];
    return `\r${rows > 1 ? `\u001b[${rows - 1}A` : ''}\u001b[J`;
  };
  const draw = () => {
    // A view higher than the terminal could not be taken away again.
    const fitting = shown.slice(0, Math.max(1, (sink.rows ?? 24) - 1));
    const indent = Math.max(0, ...fitting.map(([label]) => displayWidth(label))) + 2;
    // The last column stays free: a letter in it moves the cursor on some terminals and not on others.
    const width = columns() - 1;
    const cut = fitting.map(([label, text]) => {
      const head = cutToWidth(label, width);
      const gap = ' '.repeat(Math.min(width, indent) - displayWidth(head));
      const rest = cutToWidth(text, width - displayWidth(head) - gap.length);
      return { head, rest: `${gap}${rest}`.trimEnd() };
    });
    drawn = cut.map(({ head, rest }) => displayWidth(head + rest));
    return cut.map(({ head, rest }) => `${paint.faint(head)}${rest}`).join('\n');
  };
  const redraw = () => void sink.write(`${erase()}${draw()}`);

  return {
    show(lines) {
      if (lines.length > 0 && shown.length === 0) sink.on?.('resize', redraw);
      if (lines.length === 0 && shown.length > 0) sink.off?.('resize', redraw);
      const before = erase();
      shown = lines;
      const text = `${before}${draw()}`;
      if (text) sink.write(text);
    },
    around(write) {
      const before = erase();
      if (before) sink.write(before);
      write();
      const after = draw();
      if (after) sink.write(after);
    },
  };
}
