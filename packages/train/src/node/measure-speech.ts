import { melOptions } from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';
import {
  compareSpeech,
  type PitchTrack,
  type SpeechMeasureName,
  speechMeasures,
  trackPitch,
} from '@hifigan/metrics';
import type { ClipMeasure } from './record-options.js';

/** Of a validation's measures, those that a line for people has room for. */
const HEADLINES: readonly SpeechMeasureName[] = ['stoi', 'voiced_f1'];

/** Of a clip: longer ones would keep the process from hearing signals for seconds. */
const MOST_SECONDS = 10;

/**
 * The measures of `@hifigan/metrics` on the first seconds of a clip, by its names; those that do not apply are left
 * out. The pitch of a recording is remembered, as it is most of the work.
 */
export function measureSpeech(config: HifiGanConfig): ClipMeasure {
  const mel = melOptions(config);
  const pitches = new Map<string, PitchTrack>();
  return (original, generated, samplingRate, id) => {
    // A spoilt generator: the mel error says so.
    if (!generated.every(Number.isFinite)) return {};
    const [reference, made] = [original, generated].map((audio) =>
      audio.subarray(0, MOST_SECONDS * samplingRate),
    );
    const referencePitch = pitches.get(id) ?? trackPitch(reference, samplingRate);
    pitches.set(id, referencePitch);
    const options = { samplingRate, mel, referencePitch };
    const found = Object.entries(compareSpeech(reference, made, options));
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
