import type { MeasureSummary } from '@hifigan/metrics';
import { counted } from '../terminal/format.js';
import type { Evaluation } from './evaluation.js';
import {
  DIRECTIONS,
  type Measure,
  shownDifference,
  shownInterval,
  sizeTitleOf,
  titleOf,
} from './measures.js';

/** What a table says, however it is drawn. */
export interface ResultTable {
  readonly head: readonly string[];
  /** Each as long as the head. */
  readonly rows: readonly (readonly string[])[];
}

/**
 * Each system's mean over files with its interval, and how many files could be judged; beside a mean over fewer stands
 * over how many.
 */
export function meansTable({ systems }: Evaluation, measures: readonly Measure[]): ResultTable {
  return {
    head: ['mean over files', 'better', ...systems.map(({ name }) => name)],
    rows: [
      ...measures.flatMap((measure) => {
        const shown = (summary: MeasureSummary | null | undefined, files: number) => {
          if (!summary) return '–';
          const fewer = summary.count < files ? ` (${counted(summary.count, 'file')})` : '';
          return shownInterval(summary, measure) + fewer;
        };
        const means = [
          ...[titleOf(measure), DIRECTIONS[measure.better]],
          ...systems.map(({ measures: found, files }) => shown(found[measure.name], files)),
        ];
        if (measure.better !== 'zero') return [means];
        const sizes = [
          ...[sizeTitleOf(measure), DIRECTIONS.lower],
          ...systems.map(({ sizes: found, files }) => shown(found[measure.name], files)),
        ];
        return [means, sizes];
      }),
      ['files', '', ...systems.map(({ files }) => String(files))],
    ],
  };
}

/** Each further system less the first, over the files that both have; nothing of one system alone. */
export function differencesTable(
  { differences }: Evaluation,
  measures: readonly Measure[],
): ResultTable | undefined {
  if (differences.length === 0) return undefined;
  const { baseline } = differences[0];
  return {
    head: [
      `difference from ${baseline}, same files`,
      ...differences.flatMap(({ system }) => [system, 'better in']),
    ],
    rows: measures.map((measure) => [
      measure.better === 'zero' ? sizeTitleOf(measure) : titleOf(measure),
      ...differences.flatMap(({ measures: found }) => {
        const difference = found[measure.name];
        if (!difference) return ['–', '–'];
        return [
          shownInterval(difference, measure, shownDifference),
          `${difference.betterIn} of ${difference.count}`,
        ];
      }),
    ]),
  };
}
