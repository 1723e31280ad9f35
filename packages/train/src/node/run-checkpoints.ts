import { safetensorsPieces } from '@hifigan/checkpoint';
import type { Trainer } from '../trainer.js';
import { averageMetadata, exportTrainer, generatorMetadata } from '../trainer-state.js';
import type { Validation } from '../validation.js';
import { dataMetadata } from './data-kind.js';
import type { DataKind } from './data-options.js';
import { type BestCheckpoint, beats, bestOf, worseThanBegun, writeBest } from './run-best.js';
import type { CheckpointFiles, RunFolder } from './run-folder.js';
import type { RunLog } from './run-log.js';
import type { RunSettings } from './run-options.js';
import { asSave } from './unfinished.js';

export interface RunCheckpointsOptions {
  readonly folder: RunFolder;
  readonly trainer: Trainer;
  /** The checkpoint that the trainer comes from. */
  readonly from: CheckpointFiles | undefined;
  /** The one that did best so far, where it is still there. */
  readonly best: BestCheckpoint | undefined;
  readonly log: RunLog;
  readonly settings: RunSettings;
  /** What the run learns from. */
  readonly dataKind: DataKind;
}

/** Saves what a trainer has learned, once for each number of steps. */
export class RunCheckpoints {
  private readonly folder: RunFolder;
  private readonly trainer: Trainer;
  private readonly log: RunLog;
  private readonly settings: RunSettings;
  private readonly dataKind: DataKind;
  private saved: CheckpointFiles | undefined;
  private savedSteps: number;
  private best: BestCheckpoint | undefined;

  constructor({ folder, trainer, from, best, log, settings, dataKind }: RunCheckpointsOptions) {
    this.folder = folder;
    this.trainer = trainer;
    this.log = log;
    this.settings = settings;
    this.dataKind = dataKind;
    this.saved = from;
    this.best = best;
    this.savedSteps = trainer.steps;
  }

  /** Absent where no step was done at all. */
  get last(): CheckpointFiles | undefined {
    return this.saved;
  }

  private get isSaved(): boolean {
    return this.saved !== undefined && this.savedSteps === this.trainer.steps;
  }

  async save(): Promise<void> {
    if (this.trainer.steps === 0 || this.isSaved) return;
    await asSave(() => this.write());
  }

  /**
   * Saves what was just measured, if it did better than all before, and keeps that checkpoint until another does
   * better still. At any moment `best.json` names one that is there.
   */
  async keepIfBest(validation: Validation): Promise<void> {
    const { trainer, folder, settings } = this;
    if (!settings.keepBest || trainer.steps === 0 || !beats(validation, this.best)) return;
    await asSave(async () => {
      const extra = !this.isSaved;
      if (extra) await this.write();
      const before = this.best;
      const files = this.saved!;
      this.best = bestOf(files, validation, extra);
      await writeBest(folder.path, this.best);
      if (before?.extra && before.number !== files.number) await folder.remove(before.number);
      await folder.prune(settings.keepLast, files.number);
    });
    const { generator } = this.best!;
    const worse = worseThanBegun(validation, this.log.beginning);
    settings.reporter.line(
      worse === undefined
        ? `the best so far on held-out clips: ${generator}`
        : `the best checkpoint so far: ${generator}, but on held-out clips it is worse than what the run began with (${worse})`,
    );
  }

  private async write(): Promise<void> {
    const { trainer, folder, settings } = this;
    const state = await exportTrainer(trainer);
    const { generator, training, average, metadata } = state;
    // In pieces: of a large model the arrays are enough to hold.
    this.saved = await folder.write(trainer.steps - 1, {
      generator: safetensorsPieces(generator, generatorMetadata(state)),
      training: safetensorsPieces(training, { ...metadata, ...dataMetadata(this.dataKind) }),
      ...(average && { average: safetensorsPieces(average, averageMetadata(state)) }),
    });
    this.savedSteps = trainer.steps;
    await folder.prune(settings.keepLast, this.best?.number);
    settings.reporter.line(`saved ${this.saved.generator}`);
  }

  /** Saves; the error that is to be thrown then, which tells of a failure to save, too. */
  async saveAfter(error: unknown): Promise<unknown> {
    try {
      await this.save();
      return error;
    } catch (second) {
      const [first, also] = [error, second].map((one) =>
        one instanceof Error ? one.message : String(one),
      );
      // Where saving was what failed, it fails again in the same words.
      if (also === first) return error;
      return new Error(
        `${first}; and what was learned since could not be saved: ${also}; ${this.describeLast()}`,
        { cause: error },
      );
    }
  }

  describeLast(): string {
    return this.saved
      ? `the last good checkpoint is ${this.saved.generator}`
      : 'there is no checkpoint yet';
  }
}
