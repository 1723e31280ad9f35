import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { adviseResume } from './advise-resume.js';
import { WaitsOfRecord } from './data-wait.js';
import { probeFolder } from './make-folder.js';
import type { RecordOptions } from './record-options.js';
import type { RunLog } from './run-log.js';
import type { RunSettings } from './run-options.js';
import {
  type DoneStep,
  type MemoryUse,
  scalarsOf,
  stepRecord,
  type ValidationRecord,
  validationScalars,
} from './step-record.js';
import { EventFile, eventFilesIn } from './tensorboard/event-file.js';
import type { LogValue } from './tensorboard/log-event.js';

/** The folder of TensorBoard's files in that of a run, as the reference calls it. */
export const EVENT_FOLDER = 'logs';

export interface RunRecordsOptions {
  /** Of the run. */
  readonly folder: string;
  readonly log: RunLog;
  readonly settings: RunSettings;
  /** Steps done when the run begins or goes on. */
  readonly steps: number;
}

/** What a run records: lines of log.ndjson, TensorBoard's event files, and whoever listens. */
export class RunRecords {
  private readonly given: RunRecordsOptions;
  private readonly events: EventFile | undefined;
  /** Whether event files hold the samples of the last validation. */
  private holdsSamples: boolean;
  private configIsDue = true;
  /** Of the steps since the last record in the log, and the last one that was heard. */
  private readonly waits = { log: new WaitsOfRecord(), heard: new WaitsOfRecord() };

  private constructor(given: RunRecordsOptions, events: EventFile | undefined, before: boolean) {
    this.given = given;
    this.events = events;
    this.holdsSamples = before;
  }

  /** @throws FolderError where no event files can be written into the run's folder */
  static async open(given: RunRecordsOptions): Promise<RunRecords> {
    if (recordsOf(given).tensorboard === false) return new RunRecords(given, undefined, false);
    const folder = join(given.folder, EVENT_FOLDER);
    probeFolder(folder);
    const before = await eventFilesIn(folder);
    return new RunRecords(given, new EventFile(folder, given.steps), before.length > 0);
  }

  /** Whether a step's record goes into the log, and so wants details. */
  isLogged(index: number): boolean {
    return index % this.given.settings.summaryInterval === 0;
  }

  /** Whether sound and pictures are kept. */
  get keepsSamples(): boolean {
    return this.events !== undefined;
  }

  /** Whether the recording of the N-th clip of a validation is kept already. */
  hasRecording(index: number, id: string): boolean {
    const { log } = this.given;
    return this.holdsSamples && log.validation?.last.validation_clips?.[index]?.id === id;
  }

  /** @throws where the disk is full */
  async step(done: DoneStep): Promise<void> {
    const { log, settings } = this.given;
    const index = done.progress.step - 1;
    const logged = this.isLogged(index);
    const { onRecord } = recordsOf(this.given);
    const heard = onRecord !== undefined && index % settings.stdoutInterval === 0;
    for (const waits of Object.values(this.waits)) waits.add(done.waitedSeconds);
    if (!logged && !heard) return;
    const memory = memoryUse();
    const recordWith = (waits: WaitsOfRecord) =>
      stepRecord(done, settings.config, { waits: waits.take(), memory });
    if (logged) {
      const record = recordWith(this.waits.log);
      await log.write(record);
      await this.add(index, scalarsOf(record));
    }
    if (heard) onRecord?.({ kind: 'step', ...recordWith(this.waits.heard) });
  }

  /** @param samples sound and pictures of its clips */
  async validation(record: ValidationRecord, samples: readonly LogValue[]): Promise<void> {
    await this.given.log.write(record);
    await this.add(record.step, [...validationScalars(record), ...samples]);
    this.holdsSamples = this.events !== undefined;
    recordsOf(this.given).onRecord?.({ kind: 'validation', ...record });
  }

  /** Waits until all is on the disk. @throws where it is full */
  async flush(): Promise<void> {
    await this.events?.flush().catch(adviseResume);
  }

  /** Writes what is left as far as that can be, and lets go of the file. */
  async close(): Promise<void> {
    // Where it cannot be written, flush has said so, or another error is on its way.
    await this.events?.close().catch(() => undefined);
  }

  private async add(index: number, values: readonly LogValue[]): Promise<void> {
    if (!this.events) return;
    const { config } = this.given.settings;
    const text = `\`\`\`json\n${JSON.stringify(config, undefined, 2)}\n\`\`\``;
    const due: LogValue[] = this.configIsDue ? [{ kind: 'text', tag: 'config', text }] : [];
    this.configIsDue = false;
    // What was measured before the first step stands at step 0, where the reference has its first.
    const step = Math.max(0, index);
    await this.events.add({ step, values: [...due, ...values] }).catch(adviseResume);
  }
}

function recordsOf({ settings }: RunRecordsOptions): RecordOptions {
  return settings.records ?? {};
}

function memoryUse(): MemoryUse {
  const { numBytes, heapBytes } = tf.memory() as tf.MemoryInfo & { readonly heapBytes?: number };
  return { rss_bytes: process.memoryUsage.rss(), backend_bytes: heapBytes ?? numBytes };
}
