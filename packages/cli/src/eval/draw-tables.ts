import { shownText } from '@hifigan/checkpoint';
import { grid } from '../terminal/format.js';
import { cutToWidth } from '../terminal/width.js';
import type { Evaluation } from './evaluation.js';
import { soundOf } from './judged.js';
import { type Measure, shownOf } from './measures.js';
import { differencesTable, meansTable } from './result-tables.js';

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

function drawMeans(evaluation: Evaluation, measures: readonly Measure[]): string {
  const { head, rows } = meansTable(evaluation, measures);
  return grid(head, rows, [0, 1]);
}

function drawDifferences(evaluation: Evaluation, measures: readonly Measure[]): string {
  const table = differencesTable(evaluation, measures);
  return table ? grid(table.head, table.rows) : '';
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
    files.slice(0, WORST).map((file) => [
      cutToWidth(shownText(file.name), WIDEST_NAME),
      ...columns.map(({ system, measure }) => {
        const sound = soundOf(file, system);
        return sound ? shownOf(sound, measure) : '–';
      }),
    ]),
  );
}
