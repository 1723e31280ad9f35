import type { TrainingPicture, TrainingPictureRequest } from '../protocol.js';
import type { TrainingHistory } from './training-history.js';

/** RGBA. */
type Colour = readonly [number, number, number, number];

/** Apart in lightness and width, too: they can be told without colours. */
const LOSS: Colour = [150, 110, 190, 255];
const HELD_OUT: Colour = [253, 196, 104, 255];

/** Of the height, above and below the curves. */
const MARGIN = 0.08;

/** Draws the loss of each step and that of the held-out pieces over it: steps to the right, from 0 to the last. */
export function drawTraining(
  { losses, validations }: Pick<TrainingHistory, 'losses' | 'validations'>,
  { width, height }: TrainingPictureRequest,
): TrainingPicture {
  const steps = Math.max(losses.length, 1);
  const values = [...losses, ...validations.map(({ mel }) => mel)].filter(Number.isFinite);
  if (values.length === 0) return { width, height };
  const bounds = boundsOf(values);
  const canvas = new Canvas(width, height);
  const place = (step: number, value: number): Point => ({
    x: (step / steps) * (width - 1),
    y: (1 - (value - bounds.low) / (bounds.high - bounds.low)) * (height - 1),
  });
  canvas.curve(thinned(losses.map((loss, index) => place(index + 1, loss))), LOSS, 0);
  const held = validations.map(({ steps, mel }) => place(steps, mel));
  canvas.curve(held, HELD_OUT, 1);
  for (const point of held) canvas.dot(point, HELD_OUT, 3);
  return { width, height, pixels: canvas.pixels, ...bounds };
}

function boundsOf(values: readonly number[]): { readonly low: number; readonly high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const margin = (high - low || Math.abs(high) || 1) * MARGIN;
  return { low: low - margin, high: high + margin };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Of points in one column of pixels the lowest and the highest: of thousands of steps no more can be seen. */
function thinned(points: readonly Point[]): Point[] {
  const columns = new Map<number, Point[]>();
  for (const point of points) {
    const column = Math.round(point.x);
    const seen = columns.get(column) ?? [];
    columns.set(column, seen.length < 2 ? [...seen, point] : extremes([...seen, point]));
  }
  return [...columns.values()].flat();
}

function extremes(points: readonly Point[]): Point[] {
  const sorted = points.toSorted((a, b) => a.y - b.y);
  return [sorted[0], sorted.at(-1)!];
}

/** RGBA that lines are drawn into. */
class Canvas {
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.pixels = new Uint8ClampedArray(4 * width * height);
  }

  /** Joins points; where one is no number, there is a gap. */
  curve(points: readonly Point[], colour: Colour, radius: number): void {
    points.forEach((point, index) => {
      const before = points[index - 1] ?? point;
      if (!Number.isFinite(point.y) || !Number.isFinite(before.y)) return;
      const count = Math.ceil(Math.max(Math.abs(point.x - before.x), Math.abs(point.y - before.y)));
      for (let i = 0; i <= count; i++) {
        const share = count === 0 ? 0 : i / count;
        const x = before.x + share * (point.x - before.x);
        this.dot({ x, y: before.y + share * (point.y - before.y) }, colour, radius);
      }
    });
  }

  /** A square of 2 · radius + 1 pixels. */
  dot({ x, y }: Point, colour: Colour, radius: number): void {
    const [column, row] = [Math.round(x), Math.round(y)];
    for (let at = Math.max(0, row - radius); at <= Math.min(this.height - 1, row + radius); at++) {
      const end = Math.min(this.width - 1, column + radius);
      for (let to = Math.max(0, column - radius); to <= end; to++) {
        this.pixels.set(colour, 4 * (at * this.width + to));
      }
    }
  }
}
