import { type Colour, toPng } from '@hifigan/train/node';
import { createCanvas, fill, INK, textWidth, write } from './canvas.js';

/** One bar: from 0 to its value, which must not be negative. */
export interface Bar {
  readonly label: string;
  /** Bars of a kind have one colour. */
  readonly kind: string;
  readonly value: number;
  /** The value as it is written. */
  readonly text: string;
}

export interface BarChart {
  readonly title: string;
  /** Lines beneath, small. */
  readonly notes: readonly string[];
  readonly groups: readonly { readonly name: string; readonly bars: readonly Bar[] }[];
  /** A value that is marked across all groups. */
  readonly mark?: { readonly value: number; readonly label: string };
}

const FAINT: Colour = [150, 150, 150];
/** In turns, for the kinds: apart for the colour-blind too. */
const BARS: readonly Colour[] = [
  [45, 112, 142],
  [82, 197, 105],
  [72, 33, 115],
  [220, 190, 40],
];

const EDGE = 20;
const GAP = 12;
const PLOT = 560;
const BAR = 22;
const PITCH = 28;
const NAME = 34;
const TITLE = 40;
const MARK = 24;
const NOTE = 14;
const LONGEST_LABEL = 32;

/** Bars to the right, one beneath the other, in groups with a name above each; a PNG. */
export function drawBars({ title, notes, groups, mark }: BarChart): Uint8Array {
  const bars = groups.flatMap((group) => group.bars);
  const kinds = [...new Set(bars.map(({ kind }) => kind))];
  const labels = Math.max(0, ...bars.map(({ label }) => textWidth(shortened(label))));
  const texts = Math.max(0, ...bars.map(({ text }) => textWidth(text)));
  const left = EDGE + labels + GAP;
  const inner = PLOT + GAP + texts;
  const widest = Math.max(textWidth(title), ...notes.map((note) => textWidth(note, 1)));
  const below = notes.length * NOTE + EDGE;
  const above = EDGE + TITLE + (mark ? MARK : 0);
  const plotHeight = groups.reduce((sum, group) => sum + NAME + group.bars.length * PITCH, 0);
  const canvas = createCanvas(
    Math.max(left + inner, EDGE + widest) + EDGE,
    above + plotHeight + GAP + below,
  );
  const most = Math.max(mark?.value ?? 0, ...bars.map(({ value }) => value)) || 1;
  const length = (value: number) => Math.round((value / most) * PLOT);

  write(canvas, title, EDGE, EDGE, INK);
  let y = above;
  for (const { name, bars: own } of groups) {
    write(canvas, name, EDGE, y + 8, INK);
    y += NAME;
    for (const { label, kind, value, text } of own) {
      const colour = BARS[kinds.indexOf(kind) % BARS.length];
      const shown = shortened(label);
      write(canvas, shown, left - GAP - textWidth(shown), y + 4, INK);
      // What is there is seen, however small.
      fill(canvas, left, y, Math.max(1, length(value)), BAR, colour);
      write(canvas, text, left + length(value) + GAP, y + 4, INK);
      y += PITCH;
    }
  }
  fill(canvas, left - 1, above, 1, plotHeight, INK);
  if (mark) {
    const x = left + length(mark.value);
    for (let dot = above - 6; dot < above + plotHeight; dot += 6) fill(canvas, x, dot, 1, 3, FAINT);
    const at = Math.min(x, canvas.width - EDGE - textWidth(mark.label, 1));
    write(canvas, mark.label, at, above - 16, FAINT, 1);
  }
  for (const [i, note] of notes.entries()) {
    write(canvas, note, EDGE, above + plotHeight + GAP + i * NOTE, INK, 1);
  }
  return toPng(canvas);
}

function shortened(label: string): string {
  const letters = [...label];
  if (letters.length <= LONGEST_LABEL) return label;
  return `${letters.slice(0, LONGEST_LABEL - 1).join('')}…`;
}
