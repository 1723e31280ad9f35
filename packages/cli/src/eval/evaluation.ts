import {
  type BootstrapOptions,
  badness,
  type MeasureSummary,
  type PairedDifference,
  pairedDifference,
  type SpeechMeasureName,
  summarizeMeasure,
} from '@hifigan/metrics';
import { isJudged, type JudgedItem, soundOf } from './judged.js';
import type { Measure } from './measures.js';
import type { EvalSystem } from './systems.js';

/** By measure; null where it applies to no file. */
type ByMeasure<T> = Readonly<Partial<Record<SpeechMeasureName, T | null>>>;

/** A system over all files. */
export interface SystemSummary extends EvalSystem {
  /** That could be judged. */
  readonly files: number;
  readonly measures: ByMeasure<MeasureSummary>;
  /** Without signs, of measures that are best near zero: there files of both signs have a good mean, and are not good. */
  readonly sizes: ByMeasure<MeasureSummary>;
}

/** A system less another, over the files that both have. */
export interface SystemDifference {
  readonly system: string;
  readonly baseline: string;
  readonly measures: ByMeasure<PairedDifference>;
}

/** What a comparison has found. */
export interface Evaluation {
  readonly systems: readonly SystemSummary[];
  /** Of each but the first from the first. */
  readonly differences: readonly SystemDifference[];
  /**
   * The worst of the first system first: what could not be read or made, then what is silent or lacks the figure where
   * the reference is not and does not, then by {@link sortedBy}; last what has no such figure, because there is none of
   * that reference.
   */
  readonly files: readonly JudgedItem[];
  readonly sortedBy: SpeechMeasureName;
}

export interface EvaluationOptions {
  readonly systems: readonly EvalSystem[];
  readonly measures: readonly Measure[];
  /** Whose files come first where it is worst. */
  readonly sortBy: Measure;
  readonly interval: BootstrapOptions;
  /** Called between two intervals, whose resamples may take seconds; may throw. */
  readonly heed?: () => Promise<void>;
}

/** Sums up what was judged. */
export async function evaluate(
  items: readonly JudgedItem[],
  { systems, measures, sortBy, interval, heed }: EvaluationOptions,
): Promise<Evaluation> {
  const valuesOf = (system: string, name: SpeechMeasureName) =>
    items.map((item) => {
      const sound = soundOf(item, system);
      return isJudged(sound) ? (sound.measures[name] ?? null) : null;
    });
  const byMeasure = async <T>(make: (measure: Measure) => T, of = measures) => {
    const made: [SpeechMeasureName, T][] = [];
    for (const measure of of) {
      await heed?.();
      made.push([measure.name, make(measure)]);
    }
    return Object.fromEntries(made) as ByMeasure<T>;
  };
  const sized = measures.filter(({ better }) => better === 'zero');
  const sizeOf = (value: number | null) => (value === null ? null : Math.abs(value));
  const [first, ...others] = systems;
  const rankOf = (item: JudgedItem): readonly [number, number] => {
    const sound = soundOf(item, first.name);
    if (sound === undefined) return [0, 0];
    if (!isJudged(sound)) return [3, 0];
    if (sound.silent || sound.lost?.includes(sortBy.name)) return [2, 0];
    const value = badness(sound.measures[sortBy.name] ?? null, sortBy.better);
    return value === null ? [0, 0] : [1, value];
  };
  const summaries: SystemSummary[] = [];
  for (const system of systems) {
    const values = ({ name }: Measure) => valuesOf(system.name, name);
    summaries.push({
      ...system,
      files: items.filter((item) => isJudged(soundOf(item, system.name))).length,
      measures: await byMeasure((measure) => summarizeMeasure(values(measure), interval)),
      sizes: await byMeasure(
        (measure) => summarizeMeasure(values(measure).map(sizeOf), interval),
        sized,
      ),
    });
  }
  const differences: SystemDifference[] = [];
  for (const { name: system } of others) {
    differences.push({
      ...{ system, baseline: first.name },
      measures: await byMeasure(({ name, better }) =>
        pairedDifference(valuesOf(system, name), valuesOf(first.name, name), better, interval),
      ),
    });
  }
  return {
    ...{ systems: summaries, differences },
    files: [...items].sort((a, b) => {
      const [[ourKind, ours], [theirKind, theirs]] = [rankOf(a), rankOf(b)];
      return theirKind - ourKind || theirs - ours;
    }),
    sortedBy: sortBy.name,
  };
}
