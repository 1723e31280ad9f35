import { isOutOfMemory } from '@hifigan/ops';
import type { StepLosses } from '../step-losses.js';
import { NonFiniteLossError } from '../trainer.js';
import { breathe, breather } from './breathe.js';
import { counted } from './counted.js';
import { DataWait } from './data-wait.js';
import { checkReadsAtOnce } from './mpi/check-reads.js';
import { followTraining } from './mpi/follow-training.js';
import { alignWeights } from './mpi/share-state.js';
import { openRun, type RunParts } from './open-run.js';
import { describeStep, Pace } from './pace.js';
import { worseThanBegun } from './run-best.js';
import {
  type RunOptions,
  type RunResult,
  type RunSettings,
  settingsOf,
  USUAL_EPOCHS,
} from './run-options.js';
import type { DoneStep } from './step-record.js';

/**
 * Trains from files, on the active tfjs backend: begins a run or goes on with what lies in its folder.
 *
 * @throws where files are missing or wrong, the disk is full, or a loss is NaN; what was saved stays
 */
export async function runTraining(given: RunOptions): Promise<RunResult> {
  if (given.ranks) checkReadsAtOnce();
  const options = settingsOf(given);
  if (given.ranks && !given.ranks.leads) return followTraining(options, given.ranks);
  const parts = await openRun(options);
  try {
    return await new Run(options, parts).train();
  } finally {
    await parts.dispose();
  }
}

/** The weights are not worth saving. */
class SpoiltError extends Error {}

class Run {
  private readonly options: RunSettings;
  private readonly parts: RunParts;
  private readonly wait = new DataWait();
  /** A step on the processor takes seconds: Ctrl-C is to be heard within. */
  private readonly pause = breather();
  /** Ctrl-C, here or on another rank. */
  private interrupted = false;
  /** Whether the weights of all ranks are to be compared. */
  private compare = false;

  constructor(options: RunSettings, parts: RunParts) {
    this.options = options;
    this.parts = parts;
  }

  /** Trains to the end; whatever stops it, what was learned until then is saved first. */
  async train(): Promise<RunResult> {
    try {
      const result = await this.toTheEnd();
      await this.parts.records.flush();
      return result;
    } catch (error) {
      // Weights that make a NaN are worth nothing.
      if (error instanceof SpoiltError) throw error;
      throw await this.parts.checkpoints.saveAfter(error);
    }
  }

  private async toTheEnd(): Promise<RunResult> {
    const { trainer, batches, checkpoints, validation, records } = this.parts;
    const { reporter, now = () => performance.now(), ...options } = this.options;
    const pace = new Pace(now);
    const { epochs = Infinity, maxSteps = Infinity, maxMinutes = Infinity } = options;
    const { place } = trainer;
    const end = {
      lastStep: Math.min(
        maxSteps,
        // From here, since earlier epochs may have been of another length.
        trainer.steps + (epochs - place.epoch) * batches.perEpoch - place.batch,
      ),
      deadline: now() + maxMinutes * 60_000,
    };
    const mostEpochs = options.epochs ?? USUAL_EPOCHS;
    const isOver = () =>
      trainer.steps >= maxSteps || trainer.place.epoch >= mostEpochs || now() >= end.deadline;
    const nothingToDo = isOver();
    if (nothingToDo) reporter.line(this.whyOver(mostEpochs));
    let losses: StepLosses | undefined;
    if (trainer.steps === 0 && !nothingToDo) await this.validate();
    pace.restart();
    while (await this.goesOn(isOver())) {
      const batch = await batches.at(trainer.place);
      const after = batches.after(trainer.place);
      const { epoch } = trainer.place;
      const { learningRate, discriminatorLearningRate } = trainer;
      losses = await this.orExplain(
        trainer.step(batch, after, {
          detail: records.isLogged(trainer.steps),
          pause: this.pause,
        }),
      );
      await this.parts.keepConfig();
      this.wait.add(batches.waitedSeconds, batches.secondsSince());
      const progress = pace.after(trainer.steps, { epoch, mel: losses.mel, ...end });
      reporter.progress?.(progress, losses);
      await this.tell({
        ...{ losses, progress, learningRate },
        waitedSeconds: batches.waitedSeconds,
        ...(trainer.adversary && { discriminatorLearningRate }),
      });
      const index = trainer.steps - 1;
      // As upstream: after step 5000 and not before the first.
      if (index > 0 && index % options.checkpointInterval === 0) {
        // A run that is killed goes on from here, and never tells of what lies before again.
        await records.flush();
        await checkpoints.save();
        this.compare = true;
        pace.restart();
      }
      if (index > 0 && index % options.validationInterval === 0) {
        await this.validate();
        pace.restart();
      }
      // Not all of a step pauses.
      await breathe();
    }
    const interrupted = this.interrupted && !isOver();
    await checkpoints.save();
    if (!interrupted && trainer.steps > 0 && !validation.isCurrent) await this.validate();
    this.warnIfWorse();
    return {
      reason: interrupted ? 'interrupted' : 'finished',
      steps: trainer.steps,
      epoch: trainer.place.epoch,
      ...(checkpoints.last && { checkpoint: checkpoints.last }),
      ...(losses && { losses }),
      ...(validation.last && validation.isCurrent && { validation: validation.last }),
    };
  }

  /** Whether there is a next step; all ranks agree on it. */
  private async goesOn(over: boolean): Promise<boolean> {
    const { signal, ranks, reporter } = this.options;
    const interrupted = signal?.aborted === true;
    const agreed = await ranks?.agree({ interrupted, over, compare: this.compare });
    if (ranks && agreed?.compare) await alignWeights(ranks, this.parts.trainer, reporter.warn);
    this.compare = false;
    this.interrupted = agreed?.interrupted ?? interrupted;
    return !over && !this.interrupted;
  }

  /** Why there is not one step to do. */
  private whyOver(mostEpochs: number): string {
    const { steps, place } = this.parts.trainer;
    const { maxSteps = Infinity } = this.options;
    const done = `${counted(steps, 'step')} in ${counted(place.epoch, 'epoch')} are done`;
    if (steps >= maxSteps)
      return `nothing to do: ${done}, and it ends after ${maxSteps} (max-steps)`;
    if (place.epoch >= mostEpochs) {
      return `nothing to do: ${done}, and it ends after ${counted(mostEpochs, 'epoch')} (training_epochs)`;
    }
    return `nothing to do: ${done}, and no time is given for more (max-minutes)`;
  }

  private async validate(): Promise<void> {
    const { validation, checkpoints, records } = this.parts;
    await validation.measure();
    // As before every checkpoint, which this may become.
    await records.flush();
    // Ctrl-C may have cut it short.
    if (validation.last && validation.isCurrent) await checkpoints.keepIfBest(validation.last);
  }

  /** Fine-tuning is meant to make better what it begins with. */
  private warnIfWorse(): void {
    const { trainer, validation, log } = this.parts;
    if (trainer.steps === 0 || !validation.isCurrent || !validation.last) return;
    const worse = worseThanBegun(validation.last, log.beginning);
    if (worse === undefined) return;
    this.options.reporter.warn(
      `held-out clips: the training has made them worse (${worse}); train longer, lower learning_rate, or let the discriminators join later (adversarial-start)`,
    );
  }

  /** A line for people and records, each at its intervals. */
  private async tell(done: DoneStep): Promise<void> {
    const { reporter, stdoutInterval, config } = this.options;
    const { records, trainer } = this.parts;
    const { progress, losses } = done;
    const index = progress.step - 1;
    if (index % stdoutInterval === 0) {
      const text = describeStep(progress, losses) + this.wait.takeText();
      if (reporter.stepLine) reporter.stepLine(text);
      else reporter.line(text);
    }
    const { clips } = trainer.microBatch;
    await records.step({
      ...done,
      ...(clips < config.batch_size && { microBatch: clips }),
    });
  }

  private async orExplain<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (own) {
      const error = this.options.ranks?.blame(own) ?? own;
      if (isOutOfMemory(error)) throw new Error(this.adviseSmaller(error), { cause: error });
      if (!(error instanceof NonFiniteLossError)) throw error;
      throw new SpoiltError(
        `${error.message}; ${this.parts.checkpoints.describeLast()}. Lower learning_rate, or look at these recordings`,
        { cause: error },
      );
    }
  }

  private adviseSmaller({ message }: Error): string {
    const { config } = this.options;
    const clips = Math.min(config.batch_size, this.parts.trainer.microBatch.clips);
    return clips > 1
      ? `${message}. Try --micro-batch ${Math.ceil(clips / 2)} (now ${clips}): fewer clips at a time, the same result`
      : `${message}. One clip at a time is the least (--micro-batch 1): take shorter segments (--set segment_size=${Math.ceil(config.segment_size / config.hop_size / 2) * config.hop_size}) or another backend`;
  }
}
