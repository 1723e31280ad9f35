import { melOptions } from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';
import { compareSpeech, type SpeechMeasureName, speechMeasures } from '@hifigan/metrics';
import type { ClipMeasure } from './record-options.js';

/** Of a validation's measures, those that a line for people has room for. */
const HEADLINES: readonly SpeechMeasureName[] = ['stoi', 'voiced_f1'];

/** The measures of `@hifigan/metrics`, by its names; those that do not apply to a clip are left out. */
export function measureSpeech(config: HifiGanConfig): ClipMeasure {
  const mel = melOptions(config);
  return (original, generated, samplingRate) => {
    // A spoilt generator: the mel error says so.
    if (!generated.every(Number.isFinite)) return {};
    const found = Object.entries(compareSpeech(original, generated, { samplingRate, mel }));
    return Object.fromEntries(
      found.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
    );
  };
}

/** What is told of measures in a line: of those of `@hifigan/metrics` the foremost, and all others. */
export function headlinesOf(
  measures: Readonly<Record<string, number>> = {},
): (readonly [name: string, mean: number])[] {
  const hidden = new Set<string>(speechMeasures.map(({ name }) => name));
  for (const name of HEADLINES) hidden.delete(name);
  return Object.entries(measures).filter(([name]) => !hidden.has(name));
}
