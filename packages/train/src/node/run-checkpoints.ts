import { writeSafetensors } from '@hifigan/checkpoint';
import type { Trainer } from '../trainer.js';
import { exportTrainer, generatorMetadata } from '../trainer-state.js';
import { dataMetadata } from './data-kind.js';
import type { DataKind } from './data-options.js';
import type { CheckpointFiles, RunFolder } from './run-folder.js';
import type { RunSettings } from './run-options.js';
import { asSave } from './unfinished.js';

export interface RunCheckpointsOptions {
  readonly folder: RunFolder;
  readonly trainer: Trainer;
  /** The checkpoint that the trainer comes from. */
  readonly from: CheckpointFiles | undefined;
  readonly settings: RunSettings;
  /** What the run learns from. */
  readonly dataKind: DataKind;
}

/** Saves what a trainer has learned, once for each number of steps. */
export class RunCheckpoints {
  private readonly folder: RunFolder;
  private readonly trainer: Trainer;
  private readonly settings: RunSettings;
  private readonly dataKind: DataKind;
  private saved: CheckpointFiles | undefined;
  private savedSteps: number;

  constructor({ folder, trainer, from, settings, dataKind }: RunCheckpointsOptions) {
    this.folder = folder;
    this.trainer = trainer;
    this.settings = settings;
    this.dataKind = dataKind;
    this.saved = from;
    this.savedSteps = trainer.steps;
  }

  /** Absent where no step was done at all. */
  get last(): CheckpointFiles | undefined {
    return this.saved;
  }

  async save(): Promise<void> {
    const { trainer } = this;
    if (trainer.steps === 0 || (this.saved && this.savedSteps === trainer.steps)) return;
    await asSave(() => this.write());
  }

  private async write(): Promise<void> {
    const { trainer, folder, settings } = this;
    const state = await exportTrainer(trainer);
    this.saved = await folder.write(
      trainer.steps - 1,
      writeSafetensors(state.generator, generatorMetadata(state)),
      writeSafetensors(state.training, { ...state.metadata, ...dataMetadata(this.dataKind) }),
    );
    this.savedSteps = trainer.steps;
    await folder.prune(settings.keepLast);
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
