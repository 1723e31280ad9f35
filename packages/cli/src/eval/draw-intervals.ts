import { escapeHtml } from '../report/html.js';
import type { SystemSummary } from './evaluation.js';
import { DIRECTIONS, type Measure, shownFigure, shownInterval, titleOf } from './measures.js';

const WIDTH = 460;
const LEFT = 150;
const RIGHT = 20;
const ROW = 26;
const BOTTOM = 24;
const LONGEST_NAME = 20;

/** A measure's means and their intervals, a line for each system, on one scale. */
export function drawIntervals(systems: readonly SystemSummary[], measure: Measure): string {
  const rows = systems.flatMap(({ name, measures }) => {
    const summary = measures[measure.name];
    return summary ? [{ name, summary }] : [];
  });
  if (rows.length === 0) return '';
  const ends = rows.flatMap(({ summary: { mean, low, high } }) => [
    mean,
    low ?? mean,
    high ?? mean,
  ]);
  const least = Math.min(...ends);
  const most = Math.max(...ends);
  const room = (most - least || Math.abs(most) || 1) * 0.05;
  const [from, to] = [least - room, most + room];
  const x = (value: number) =>
    (LEFT + ((value - from) / (to - from)) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const height = rows.length * ROW + BOTTOM;
  const lines = rows.map(({ name, summary }, i) => {
    const y = i * ROW + ROW / 2;
    const { mean, low, high } = summary;
    const colour = `c${i % 8}`;
    const whisker =
      low === null || high === null
        ? ''
        : `<path class="${colour}" d="M${x(low)} ${y}H${x(high)}M${x(low)} ${y - 4}v8M${x(high)} ${y - 4}v8"/>`;
    const short = name.length > LONGEST_NAME ? `…${name.slice(1 - LONGEST_NAME)}` : name;
    const about = `${name}: ${shownInterval(summary, measure)}`;
    return `<g><title>${escapeHtml(about)}</title><text x="0" y="${y}" dy="4">${escapeHtml(short)}</text>${whisker}<circle class="${colour}" cx="${x(mean)}" cy="${y}" r="3.5"/></g>`;
  });
  const scale = [least, most].map(
    (value, i) =>
      `<text x="${x(value)}" y="${height - 6}" text-anchor="${i === 0 ? 'start' : 'end'}">${shownFigure(value, measure)}</text>`,
  );
  const title = `${titleOf(measure)} (better: ${DIRECTIONS[measure.better]})`;
  return `<figure class="chart"><figcaption>${escapeHtml(title)}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeHtml(`${title}; its values are in the table`)}">
${lines.join('\n')}${least < most ? scale.join('') : ''}</svg></figure>`;
}
