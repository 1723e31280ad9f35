import type { Split } from './split.js';

/** What became of a folder of recordings; written beside them as report.json. */
export interface PrepareReport {
  readonly sampling_rate: number;
  readonly seed: number;
  readonly training: Amount;
  readonly validation: Amount;
  /** Where speakers are held out whole: of each, in which part they are. */
  readonly speakers?: readonly SpeakerCount[];
  readonly accepted: readonly AcceptedRecording[];
  readonly refused: readonly Refusal[];
  /** Links to what is taken already, or to nothing. Older reports lack it. */
  readonly left_out?: readonly Refusal[];
}

export interface Amount {
  readonly recordings: number;
  readonly seconds: number;
}

export interface SpeakerCount extends Amount {
  readonly speaker: string;
  readonly part: 'training' | 'validation';
}

export interface Refusal {
  readonly file: string;
  readonly reason: string;
}

/** A recording of the data set: a file, or a piece of one that was long. */
export interface AcceptedRecording {
  readonly id: string;
  readonly file: string;
  readonly seconds: number;
  /** Hz, of the file. */
  readonly sampling_rate: number;
  readonly channels: number;
  /** Where a louder one than the file format holds was made quieter: by this factor. */
  readonly scaled?: number;
  readonly speaker?: string;
  /** Seconds: where in the file it begins, if its silence was cut away or it is a piece. */
  readonly begins?: number;
  /** Seconds of silence that were cut from both ends of the file; told of its first piece. */
  readonly trimmed?: number;
  /** Share of the file's samples that stand flat at its loudest, where that is heard. */
  readonly clipped?: number;
}

export interface ReportParts {
  readonly samplingRate: number;
  readonly seed: number;
  readonly accepted: readonly AcceptedRecording[];
  readonly refused: readonly Refusal[];
  readonly leftOut: readonly Refusal[];
  readonly split: Split;
}

export function reportOf(parts: ReportParts): PrepareReport {
  const { samplingRate, seed, accepted, refused, leftOut, split } = parts;
  const held = new Set(split.validation);
  const speakers = countSpeakers(accepted, held);
  return {
    sampling_rate: samplingRate,
    seed,
    training: amountOf(accepted.filter(({ id }) => !held.has(id))),
    validation: amountOf(accepted.filter(({ id }) => held.has(id))),
    ...(speakers.length > 0 && { speakers }),
    accepted,
    refused,
    left_out: leftOut.map(({ file, reason }) => ({ file, reason })),
  };
}

const amountOf = (recordings: readonly AcceptedRecording[]): Amount => ({
  recordings: recordings.length,
  seconds: recordings.reduce((sum, { seconds }) => sum + seconds, 0),
});

function countSpeakers(
  accepted: readonly AcceptedRecording[],
  held: ReadonlySet<string>,
): SpeakerCount[] {
  const names = new Set(accepted.flatMap(({ speaker }) => speaker ?? []));
  return [...names].sort().map((speaker) => {
    const own = accepted.filter((one) => one.speaker === speaker);
    return { speaker, part: held.has(own[0].id) ? 'validation' : 'training', ...amountOf(own) };
  });
}
