import { type Colour, type Picture, toPng } from '@hifigan/train/node';
import { createCanvas, fill, INK, write } from '../drawing/canvas.js';
import type { GeneratorPlan, PlannedStep } from './generator-plan.js';
import { hertz, operations, short, time } from './generator-text.js';

/** A rectangle or a line of text; pixels from the top left. */
type Shape =
  | {
      readonly kind: 'box';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly colour: Colour;
    }
  | {
      readonly kind: 'text';
      readonly x: number;
      readonly y: number;
      readonly text: string;
      readonly colour: Colour;
    };

/** Pixels. */
const SIZE = { width: 1000, margin: 24, left: 330, band: 512, gap: 26, least: 10, row: 14 };
const COLOURS: Readonly<Record<PlannedStep['kind'] | 'signal', Colour>> = {
  convolution: [120, 144, 176],
  upsampling: [226, 148, 76],
  blocks: [92, 160, 128],
  signal: [60, 60, 60],
};
const FAINT: Colour = [110, 110, 110];
const GRID: Colour = [255, 255, 255];

/**
 * A picture of a generator: what becomes of one frame. A box is what a step makes, as high as it has channels (by their
 * logarithm) and cut into its samples, where they can be seen.
 */
export function generatorSvg(plan: GeneratorPlan): string {
  const { shapes, height } = layOut(plan);
  const hex = (colour: Colour) =>
    `#${colour.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
  const lines = shapes.map((shape) =>
    shape.kind === 'box'
      ? `<rect x="${shape.x}" y="${shape.y}" width="${shape.width}" height="${shape.height}" fill="${hex(shape.colour)}"/>`
      : // The y of SVG is the line that letters stand on.
        `<text x="${shape.x}" y="${shape.y + 12}" fill="${hex(shape.colour)}">${escaped(shape.text)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIZE.width} ${height}" width="${SIZE.width}" height="${height}" font-family="monospace" font-size="13">`,
    '<title>HiFi-GAN generator</title>',
    `<rect width="${SIZE.width}" height="${height}" fill="#ffffff"/>`,
    ...lines,
    '</svg>',
    '',
  ].join('\n');
}

/** The same in pixels. */
export function generatorPng(plan: GeneratorPlan): Uint8Array {
  const { shapes, height } = layOut(plan);
  // As large as screens with fine dots want it: letters of one dot a pixel are hard to read.
  const canvas: Picture = createCanvas(2 * SIZE.width, 2 * height);
  for (const shape of shapes) {
    if (shape.kind === 'box') {
      const { x, y, width, height: tall, colour } = shape;
      const [left, top, wide, high] = [x, y, width, tall].map((value) => Math.round(2 * value));
      fill(canvas, left, top, wide, high, colour);
    } else {
      write(canvas, shape.text, 2 * shape.x, 2 * shape.y, shape.colour, 2);
    }
  }
  return toPng(canvas);
}

function layOut(plan: GeneratorPlan): {
  readonly shapes: readonly Shape[];
  readonly height: number;
} {
  const { frameRate, mels, steps, samplingRate, receptiveField: field } = plan;
  const shapes: Shape[] = [];
  let y = SIZE.margin;
  const text = (words: string, x: number, at: number, colour = INK) =>
    shapes.push({ kind: 'text', text: words, x, y: at, colour });
  text(
    `generator: ${short(plan.parameters)} weights, ${operations(plan.operationsPerSecond)}; below, one frame (${time(1 / frameRate)})`,
    SIZE.margin,
    y,
  );
  y += 2 * SIZE.row;
  const row = (
    name: string,
    detail: string,
    made: { readonly channels: number; readonly samples: number; readonly rate: number },
    colour: Colour,
  ) => {
    const height = Math.round(SIZE.least + 9 * Math.log2(made.channels));
    const middle = y + Math.max(0, Math.round(height / 2) - SIZE.row);
    text(name, SIZE.margin, middle);
    text(detail, SIZE.margin, middle + SIZE.row, FAINT);
    shapes.push({ kind: 'box', x: SIZE.left, y, width: SIZE.band, height, colour });
    // Thinner than three pixels, samples cannot be told apart.
    const width = SIZE.band / made.samples;
    for (let cut = 1; width >= 3 && cut < made.samples; cut++) {
      shapes.push({ kind: 'box', x: SIZE.left + cut * width, y, width: 1, height, colour: GRID });
    }
    const right = SIZE.left + SIZE.band + SIZE.row;
    text(`${made.channels} × ${made.samples}`, right, middle);
    text(`${hertz(made.rate)}`, right, middle + SIZE.row, FAINT);
    y += Math.max(height, 2 * SIZE.row) + SIZE.gap;
  };
  row('mel', `${mels} bands`, { channels: mels, samples: 1, rate: frameRate }, COLOURS.signal);
  for (const step of steps) {
    const { kernels, factor, channels, samplesPerFrame: samples, rate, kind } = step;
    const name = factor === undefined ? step.name : `${step.name} × ${factor}`;
    const detail = `kernel${kernels.length > 1 ? 's' : ''} ${kernels.join(' ')}, ${time(step.reach)} each way`;
    row(name, detail, { channels, samples, rate }, COLOURS[kind]);
  }
  const last = steps[steps.length - 1].samplesPerFrame;
  row('audio', 'tanh', { channels: 1, samples: last, rate: samplingRate }, COLOURS.signal);
  const all = field.before + 1 + field.after;
  text(
    `a sample depends on ${all} frames, ${field.before} before and ${field.after} after its own: ${time(all / frameRate)}`,
    SIZE.margin,
    y,
  );
  return { shapes, height: y + SIZE.row + SIZE.margin };
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
