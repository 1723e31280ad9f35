import { escapeHtml, shownNumber } from './html.js';
import type { CurvePoint, ThinnedCurve } from './thinned-curve.js';

/** A curve of a chart. */
export interface Series {
  readonly name: string;
  readonly curve: ThinnedCurve;
}

export interface Chart {
  readonly title: string;
  readonly series: readonly Series[];
}

const WIDTH = 460;
const HEIGHT = 210;
const LEFT = 58;
const RIGHT = 12;
const TOP = 12;
const BOTTOM = 30;
const PLOT = { width: WIDTH - LEFT - RIGHT, height: HEIGHT - TOP - BOTTOM };
/** Stretches that tell their values where a pointer rests on them. */
const HOVERS = 60;
/** What a smoothed point keeps of those before, where there are many. */
const SMOOTHING = 0.92;

interface Scale {
  readonly low: number;
  readonly high: number;
  readonly log: boolean;
}

/**
 * A figure: curves over steps as SVG, twice, on a linear and on a logarithmic scale, each as it is and smoothed; the
 * page's style shows what was chosen. Beneath it a table of first, least and last values.
 */
export function drawChart({ title, series }: Chart): string {
  const points = series.flatMap(({ curve }) => [...curve.points]);
  const steps = points.map(({ step }) => step);
  const from = Math.min(...steps);
  const to = Math.max(...steps);
  const x = (step: number) => LEFT + (to > from ? (step - from) / (to - from) : 0.5) * PLOT.width;
  const drawings = [false, true].map((log) => {
    const scale = scaleOf(points, log);
    const y = (value: number) => TOP + PLOT.height * (1 - shareOf(value, scale));
    const curves = series.map(({ curve }, index) => drawCurve(curve, { index, x, y, log }));
    return `<g class="${log ? 'log' : 'linear'}">${drawLevels(scale, y)}${curves.join('')}</g>`;
  });
  const label = `${title} over ${shownNumber(to - from)} steps; its values are in the table that follows`;
  return `<figure class="chart"><figcaption>${escapeHtml(title)}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(label)}">
${drawSteps(from, to, x)}${drawings.join('\n')}
${drawHovers(series, { from, to })}
</svg>${drawTable(series)}</figure>`;
}

function scaleOf(points: readonly CurvePoint[], log: boolean): Scale {
  const usable = points.filter(({ mean }) => !log || mean > 0);
  // Nothing above zero has no logarithm: then both are linear.
  if (log && usable.length === 0) return scaleOf(points, false);
  let low = Math.min(...usable.map((point) => (log && point.low <= 0 ? point.mean : point.low)));
  let high = Math.max(...usable.map((point) => point.high));
  if (high === low) {
    low = log ? low / 1.1 : low - (Math.abs(low) || 1) * 0.1;
    high = log ? high * 1.1 : high + (Math.abs(high) || 1) * 0.1;
  }
  return { low, high, log };
}

/** From 0 (below) to 1. */
function shareOf(value: number, { low, high, log }: Scale): number {
  const at = log ? Math.log : (number: number) => number;
  const share = (at(value) - at(low)) / (at(high) - at(low));
  return Math.min(1, Math.max(0, share));
}

function drawCurve(
  curve: ThinnedCurve,
  {
    index,
    x,
    y,
    log,
  }: { index: number; x: (step: number) => number; y: (value: number) => number; log: boolean },
): string {
  const points = curve.points.filter(({ mean }) => !log || mean > 0);
  if (points.length === 0) return '';
  const path = (values: readonly (readonly [number, number])[]) =>
    values
      .map(
        ([step, value], i) => `${i === 0 ? 'M' : 'L'}${x(step).toFixed(1)} ${y(value).toFixed(1)}`,
      )
      .join('');
  const means = points.map(({ step, mean }) => [step, mean] as const);
  const colour = `c${index % 8}`;
  // A line of one point is not seen.
  const dots =
    points.length < 40
      ? means.map(
          ([step, value]) =>
            `<circle class="${colour}" cx="${x(step).toFixed(1)}" cy="${y(value).toFixed(1)}" r="2.5"/>`,
        )
      : [];
  return `<path class="raw ${colour}" d="${path(means)}"/><path class="smooth ${colour}" d="${path(smoothed(means))}"/>${dots.join('')}`;
}

/** The running mean of the points, each weighed less than that after it; less of it where there are few. */
export function smoothed(
  points: readonly (readonly [number, number])[],
): (readonly [number, number])[] {
  const kept = Math.min(SMOOTHING, Math.max(0, 1 - 4 / points.length));
  let sum = 0;
  // Grows to 1: without it, the first values would be pulled to zero.
  let weight = 0;
  return points.map(([step, value]) => {
    sum = kept * sum + (1 - kept) * value;
    weight = kept * weight + (1 - kept);
    return [step, sum / weight] as const;
  });
}

function drawLevels(scale: Scale, y: (value: number) => number): string {
  return Array.from({ length: 5 }, (_, i) => {
    const { low, high, log } = scale;
    const share = i / 4;
    const value = log
      ? Math.exp(Math.log(low) + (Math.log(high) - Math.log(low)) * share)
      : low + (high - low) * share;
    const at = y(value).toFixed(1);
    return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/><text x="${LEFT - 6}" y="${at}" dy="4" text-anchor="end">${shownLevel(value)}</text>`;
  }).join('');
}

function shownLevel(value: number): string {
  const size = Math.abs(value);
  return value !== 0 && (size < 1e-3 || size >= 1e5)
    ? value.toExponential(2)
    : `${Number(value.toPrecision(3))}`;
}

function drawSteps(from: number, to: number, x: (step: number) => number): string {
  const ticks = [
    ...new Set(Array.from({ length: 5 }, (_, i) => Math.round(from + ((to - from) * i) / 4))),
  ];
  return ticks
    .map((step, i) => {
      const anchor =
        ticks.length === 1
          ? 'middle'
          : i === 0
            ? 'start'
            : i === ticks.length - 1
              ? 'end'
              : 'middle';
      return `<text x="${x(step).toFixed(1)}" y="${HEIGHT - 10}" text-anchor="${anchor}">${step.toLocaleString('en')}</text>`;
    })
    .join('');
}

/** Values of all curves, where a pointer rests. */
function drawHovers(series: readonly Series[], { from, to }: { from: number; to: number }): string {
  if (to <= from) return '';
  const width = PLOT.width / HOVERS;
  return Array.from({ length: HOVERS }, (_, i) => {
    const [start, end] = [i, i + 1].map((edge) => from + ((to - from) * edge) / HOVERS);
    const told = series.flatMap(({ name, curve }) => {
      const point = curve.points.find(({ step }) => step >= start && (step < end || end === to));
      return point
        ? [`step ${point.step.toLocaleString('en')}: ${name} ${shownNumber(point.mean)}`]
        : [];
    });
    if (told.length === 0) return '';
    return `<rect class="hover" x="${(LEFT + i * width).toFixed(1)}" y="${TOP}" width="${width.toFixed(1)}" height="${PLOT.height}"><title>${escapeHtml(told.join('\n'))}</title></rect>`;
  }).join('');
}

function drawTable(series: readonly Series[]): string {
  const rows = series.map(({ name, curve: { first, least, last } }, index) => {
    const cells = [first, least, last].map((at) =>
      at
        ? `<td>${shownNumber(at.value)} <small>at ${at.step.toLocaleString('en')}</small></td>`
        : '<td></td>',
    );
    return `<tr><th scope="row"><svg class="key" viewBox="0 0 10 10" aria-hidden="true"><rect class="c${index % 8}" width="10" height="10"/></svg>${escapeHtml(name)}</th>${cells.join('')}</tr>`;
  });
  return `<div class="scroll"><table><thead><tr><th scope="col">curve</th><th scope="col">first</th><th scope="col">least</th><th scope="col">last</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}
