import { appendFile, type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StepLosses } from '../step-losses.js';
import { adviseResume } from './advise-resume.js';
import { areSame } from './run-best.js';
import type { StepRecord, ValidationRecord } from './step-record.js';
import { WriteError, writeFileAtomically } from './write-file.js';

/** Where a run tells how it goes. All are optional to heed. */
export interface Reporter {
  /** A line for people. */
  line(text: string): void;
  /** A line about a step, at each `stdoutInterval`, for who shows no progress; default: `line`. */
  stepLine?(text: string): void;
  /** Something odd. */
  warn(text: string): void;
  /** After each step; for a progress bar. */
  progress?(progress: RunProgress, losses: StepLosses): void;
  /** After each validation, and where a run goes on that has been measured before. */
  validated?(validation: ValidationProgress): void;
}

/** What validations have found, mean|mel(y) − mel(ŷ)| over clips. */
export interface ValidationProgress {
  readonly last: ValidationRecord;
  /** That with the least mel error so far, of those over the same clips as the last. */
  readonly best: ValidationRecord;
}

export interface RunProgress {
  /** Steps done. */
  readonly step: number;
  /** Steps at which the run will end, as far as can be told; Infinity where no end was given. */
  readonly lastStep: number;
  readonly epoch: number;
  readonly stepsPerSecond: number;
  /** Infinity where no end was given. */
  readonly secondsLeft: number;
  readonly mel: number;
}

/** Appends records, one JSON object a line, to `log.ndjson` in the folder of a run. */
export class RunLog {
  private readonly path: string;
  private opened = false;
  private validations: ValidationProgress | undefined;
  private atBeginning: ValidationRecord | undefined;

  constructor(folder: string) {
    this.path = join(folder, 'log.ndjson');
  }

  /**
   * Takes out records of steps that a run does anew since it goes on from before them, and a last line that a
   * kill has torn. The file is the old one or the new one at any moment.
   *
   * @param steps steps done: records of `step` ≥ `steps` go
   * @returns how many lines went
   */
  async cut(steps: number): Promise<number> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
      throw error;
    }
    const lines = text.split('\n');
    const torn = lines.pop() !== '';
    const kept = lines.filter((line) => {
      const record = recordOf(line);
      if (Number(record.step) >= steps) return false;
      this.note(record);
      return true;
    });
    const gone = lines.length - kept.length + (torn ? 1 : 0);
    if (gone > 0) {
      const text = kept.map((line) => `${line}\n`).join('');
      await writeFileAtomically(this.path, text).catch(adviseResume);
    }
    return gone;
  }

  /** The validations among the lines that stayed and those written since. */
  get validation(): ValidationProgress | undefined {
    return this.validations;
  }

  /** What was measured before the first step. */
  get beginning(): ValidationRecord | undefined {
    return this.atBeginning;
  }

  async write(
    record: { readonly step: number } & Partial<StepRecord | ValidationRecord>,
  ): Promise<void> {
    // A run that was killed may have torn its last line: leave it alone, on a line of its own.
    try {
      const torn = !this.opened && (await endsWithin(this.path));
      this.opened = true;
      await appendFile(this.path, `${torn ? '\n' : ''}${JSON.stringify(record)}\n`);
    } catch (error) {
      adviseResume(new WriteError(this.path, error));
    }
    this.note(record);
  }

  private note(record: Partial<StepRecord | ValidationRecord>): void {
    // JSON has no NaN: that of a spoilt generator is null.
    if (!('validation_mel_spec_error' in record)) return;
    const last = record as ValidationRecord;
    if (!Number.isFinite(last.validation_mel_spec_error)) return;
    if (last.step < 0) this.atBeginning = last;
    const before = this.validations?.best;
    const isComparable =
      before &&
      areSame(
        clipsOf(before),
        clipsOf(last).map(({ id }) => id),
      );
    const isBetter =
      !isComparable || last.validation_mel_spec_error < before.validation_mel_spec_error;
    this.validations = { last, best: isBetter ? last : before };
  }
}

/** Logs of older versions do not say. */
const clipsOf = (record: Partial<ValidationRecord>) => record.validation_clips ?? [];

/** Empty where the line is no record. */
function recordOf(line: string): Partial<StepRecord | ValidationRecord> {
  try {
    return Object(JSON.parse(line));
  } catch {
    return {};
  }
}

/** Whether a file ends within a line. */
async function endsWithin(path: string): Promise<boolean> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch {
    return false;
  }
  try {
    const { size } = await file.stat();
    if (size === 0) return false;
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer[0] !== 0x0a;
  } finally {
    await file.close();
  }
}
