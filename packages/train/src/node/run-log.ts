import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a run tells how it goes. All are optional to heed. */
export interface Reporter {
  /** A line for people. */
  line(text: string): void;
  /** Something odd. */
  warn(text: string): void;
  /** After each step; for a progress bar. */
  progress?(progress: RunProgress): void;
}

export interface RunProgress {
  /** Steps done. */
  readonly step: number;
  /** Steps at which the run will end, as far as can be told. */
  readonly lastStep: number;
  readonly epoch: number;
  readonly stepsPerSecond: number;
  readonly secondsLeft: number;
  readonly mel: number;
}

/** Appends records, one JSON object a line, to `log.ndjson` in the folder of a run. */
export class RunLog {
  private readonly path: string;

  constructor(folder: string) {
    this.path = join(folder, 'log.ndjson');
  }

  async write(record: Readonly<Record<string, unknown>>): Promise<void> {
    await appendFile(this.path, `${JSON.stringify(record)}\n`);
  }
}
