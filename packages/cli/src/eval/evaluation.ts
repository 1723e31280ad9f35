import {
  type BootstrapOptions,
  badness,
  type MeasureSummary,
  type PairedDifference,
  pairedDifference,
  type SpeechMeasureName,
  summarizeMeasure,
} from '@hifigan/metrics';
import { isJudged, type JudgedItem } from './judged.js';
import type { Measure } from './measures.js';
import type { EvalSystem } from './systems.js';

/** By measure; null where it applies to no file. */
type ByMeasure<T> = Readonly<Partial<Record<SpeechMeasureName, T | null>>>;

/** A system over all files. */
export interface SystemSummary extends EvalSystem {
  /** That could be judged. */
  readonly files: number;
  readonly measures: ByMeasure<MeasureSummary>;
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
  /** The worst of the first system first, by {@link sortedBy}. */
  readonly files: readonly JudgedItem[];
  readonly sortedBy: SpeechMeasureName;
}

export interface EvaluationOptions {
  readonly systems: readonly EvalSystem[];
  readonly measures: readonly Measure[];
  /** Whose files come first where it is worst. */
  readonly sortBy: Measure;
  readonly interval: BootstrapOptions;
}

/** Sums up what was judged. */
export function evaluate(
  items: readonly JudgedItem[],
  { systems, measures, sortBy, interval }: EvaluationOptions,
): Evaluation {
  const valuesOf = (system: string, name: SpeechMeasureName) =>
    items.map(({ systems: found }) => {
      const sound = found[system];
      return isJudged(sound) ? (sound.measures[name] ?? null) : null;
    });
  const byMeasure = <T>(make: (measure: Measure) => T): ByMeasure<T> =>
    Object.fromEntries(measures.map((measure) => [measure.name, make(measure)]));
  const [first, ...others] = systems;
  const badnessOf = ({ systems: found }: JudgedItem) => {
    const sound = found[first.name];
    const value = isJudged(sound) ? sound.measures[sortBy.name] : null;
    return badness(value ?? null, sortBy.better) ?? Number.NEGATIVE_INFINITY;
  };
  return {
    systems: systems.map((system) => ({
      ...system,
      files: items.filter(({ systems: found }) => isJudged(found[system.name])).length,
      measures: byMeasure(({ name }) => summarizeMeasure(valuesOf(system.name, name), interval)),
    })),
    differences: others.map(({ name: system }) => ({
      ...{ system, baseline: first.name },
      measures: byMeasure(({ name, better }) =>
        pairedDifference(valuesOf(system, name), valuesOf(first.name, name), better, interval),
      ),
    })),
    files: [...items].sort((a, b) => {
      const [ours, theirs] = [badnessOf(a), badnessOf(b)];
      return ours === theirs ? 0 : theirs - ours;
    }),
    sortedBy: sortBy.name,
  };
}
