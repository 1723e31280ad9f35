import { grid } from '../terminal/format.js';
import { cutToWidth } from '../terminal/width.js';
import type { Evaluation } from './evaluation.js';
import { isJudged } from './judged.js';
import {
  DIRECTIONS,
  type Measure,
  shownDifference,
  shownFigure,
  shownInterval,
  titleOf,
} from './measures.js';

/** Files that are named in the terminal; all are in JSON and in the page. */
export const WORST = 10;
const WIDEST_NAME = 40;

/** The result for a terminal: means with their intervals, differences, the worst files. */
export function drawTables(evaluation: Evaluation, measures: readonly Measure[]): string {
  return [drawMeans, drawDifferences, drawWorst]
    .map((draw) => draw(evaluation, measures))
    .filter((part) => part !== '')
    .join('\n\n');
}

function drawMeans({ systems }: Evaluation, measures: readonly Measure[]): string {
  return grid(
    ['mean over files', 'better', ...systems.map(({ name }) => name)],
    [
      ...measures.map((measure) => [
        titleOf(measure),
        DIRECTIONS[measure.better],
        ...systems.map(({ measures: found }) => {
          const summary = found[measure.name];
          return summary ? shownInterval(summary, measure) : '–';
        }),
      ]),
      ['files', '', ...systems.map(({ files }) => String(files))],
    ],
    [0, 1],
  );
}

function drawDifferences({ differences }: Evaluation, measures: readonly Measure[]): string {
  if (differences.length === 0) return '';
  const { baseline } = differences[0];
  return grid(
    [
      `difference from ${baseline}, same files`,
      ...differences.flatMap(({ system }) => [system, 'better in']),
    ],
    measures.map((measure) => [
      titleOf(measure),
      ...differences.flatMap(({ measures: found }) => {
        const difference = found[measure.name];
        if (!difference) return ['–', '–'];
        return [
          shownInterval(difference, measure, shownDifference),
          `${difference.betterIn} of ${difference.count}`,
        ];
      }),
    ]),
  );
}

/** Of one system, files by measures; of several, by systems, in the measure that they are sorted by. */
function drawWorst({ systems, files, sortedBy }: Evaluation, measures: readonly Measure[]): string {
  const sortBy = measures.find(({ name }) => name === sortedBy)!;
  const several = systems.length > 1;
  const columns = several
    ? systems.map(({ name }) => ({ title: name, system: name, measure: sortBy }))
    : measures.map((measure) => ({
        ...{ title: measure.title, system: systems[0].name, measure },
      }));
  const worst = `worst files by ${sortBy.title}${several ? ` of ${systems[0].name}` : ''}`;
  return grid(
    [worst, ...columns.map(({ title }) => title)],
    files.slice(0, WORST).map(({ name, systems: found }) => [
      cutToWidth(name, WIDEST_NAME),
      ...columns.map(({ system, measure }) => {
        const sound = found[system];
        return shownFigure(isJudged(sound) ? sound.measures[measure.name] : null, measure);
      }),
    ]),
  );
}
