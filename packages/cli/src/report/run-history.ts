import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { StepRecord, ValidationRecord } from '@hifigan/train/node';
import { ThinnedCurve } from './thinned-curve.js';

/** What the log of a run tells. */
export interface RunHistory {
  /** Whole lines. */
  readonly records: number;
  /** Lines that are none, as a kill leaves them. */
  readonly torn: number;
  /** By group and name: `losses/disc_mpd`; in the order in which they first came. */
  readonly curves: ReadonlyMap<string, ThinnedCurve>;
  readonly lastStep: Partial<StepRecord> | undefined;
  readonly lastValidation: Partial<ValidationRecord> | undefined;
  /** Mel errors of validations over the clips of the last one, since these are measured. */
  readonly comparable: ThinnedCurve;
  /** Mel errors over other clips, which do not compare, before those; the earliest first. */
  readonly overOtherClips: readonly ThinnedCurve[];
  /** ISO 8601, of the first and the last record. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** Spent on steps, without pauses and validations; as far as speeds were recorded. */
  readonly seconds: number;
}

/** Single numbers of a record that become curves. */
const NUMBERS = [
  'mel_spec_error',
  'validation_mel_spec_error',
  'gen_loss_total',
  'disc_loss_total',
  'learning_rate',
  'discriminator_learning_rate',
  'steps_per_second',
  'audio_seconds_per_second',
  'data_wait_mean_seconds',
  'data_wait_max_seconds',
] as const;
/** Groups of numbers by name. */
const GROUPS = ['losses', 'details', 'gradient_norms', 'memory', 'measures'] as const;

type LogRecord = Partial<StepRecord & ValidationRecord>;

/** Reads a log of any length, line by line. @throws the system's error where it cannot be read */
export async function readRunHistory(path: string): Promise<RunHistory> {
  const curves = new Map<string, ThinnedCurve>();
  const found = { records: 0, torn: 0, seconds: 0 };
  let lastStep: LogRecord | undefined;
  let lastValidation: LogRecord | undefined;
  const validations: ThinnedCurve[] = [new ThinnedCurve()];
  let measured: string | undefined;
  let from: string | undefined;
  let to: string | undefined;
  const add = (name: string, step: number, value: unknown) => {
    if (typeof value !== 'number') return;
    const curve = curves.get(name) ?? new ThinnedCurve();
    curves.set(name, curve);
    curve.add(step, value);
  };
  const lines = createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const record = recordOf(line);
    if (!record) {
      found.torn++;
      continue;
    }
    found.records++;
    const step = Number(record.step);
    for (const name of NUMBERS) add(name, step, record[name]);
    for (const group of GROUPS) {
      for (const [name, value] of Object.entries(Object(record[group]))) {
        add(`${group}/${name}`, step, value);
      }
    }
    if (typeof record.time === 'string') {
      from ??= record.time;
      to = record.time;
    }
    if (typeof record.validation_mel_spec_error === 'number') {
      const clips = clipsOf(record);
      if (measured !== undefined && clips !== measured) validations.push(new ThinnedCurve());
      measured = clips;
      validations.at(-1)!.add(step, record.validation_mel_spec_error);
      lastValidation = record;
    }
    if (typeof record.mel_spec_error !== 'number') continue;
    const speed = Number(record.steps_per_second);
    const steps = step - (lastStep?.step ?? -1);
    if (speed > 0 && steps > 0) found.seconds += steps / speed;
    lastStep = record;
  }
  const comparable = validations.pop()!;
  return {
    ...{ ...found, curves, lastStep, lastValidation, from, to },
    ...{ comparable, overOtherClips: validations },
  };
}

/** Alike for the same clips in the same order. */
function clipsOf({ validation_clips: clips }: LogRecord): string {
  return JSON.stringify(Array.isArray(clips) ? clips.map((clip) => Object(clip).id) : []);
}

/** Undefined where the line is no record of a step. */
function recordOf(line: string): LogRecord | undefined {
  try {
    const value: unknown = JSON.parse(line);
    const record = Object(value) as LogRecord;
    return value !== null && Number.isFinite(record.step) ? record : undefined;
  } catch {
    return undefined;
  }
}
