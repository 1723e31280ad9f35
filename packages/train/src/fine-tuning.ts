import { createMelSpectrogram, melOptions } from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';
import { exportState, importState, type UpstreamArray, type UpstreamArrays } from '@hifigan/models';
import { Batches } from './batches.js';
import { MicroBatch } from './parts.js';
import { type Recording, splitRecordings } from './recordings.js';
import { MEL_WEIGHT } from './spectral-views.js';
import type { Pause } from './tape.js';
import { NonFiniteLossError, Trainer } from './trainer.js';
import { validate } from './validation.js';

/** What {@link FineTuning} does where it is told nothing else: what a processor can do in minutes. */
export const FINE_TUNING = {
  batchSize: 4,
  /** Samples, at most; a shorter `segment_size` of the model counts. */
  segmentSize: 8192,
  learningRate: 1e-4,
  /** Of the averaged weights, which are what is measured and taken: small batches make each step's own restless. */
  emaDecay: 0.99,
  /** Steps between two validations. */
  validateEvery: 25,
  /** Seconds of recordings, at least. */
  leastSeconds: 10,
  /** Seconds of a piece that recordings are cut into. */
  pieceSeconds: 2,
} as const;

/** Held-out pieces that a validation measures at most. */
const MOST_VALIDATED = 8;

export interface FineTuningOptions {
  /**
   * The model's own. What says how to learn is replaced by {@link FINE_TUNING}, but `lambda_magnitude_loss`: a voice that learned
   * from magnitudes goes on so. The mel loss is at the features' resolution, as validation has it.
   */
  readonly config: HifiGanConfig;
  /** The generator's weights to begin with, with weight norm or without. */
  readonly weights: UpstreamArrays;
  /** What to call the weights in errors. */
  readonly where?: string;
  readonly recordings: readonly Recording[];
  /**
   * Called often while it computes: lets messages and timers in, which nothing else does on backends that compute at once.
   * What it throws ends what is being computed.
   */
  readonly pause: Pause;
}

/** A validation after so many steps. */
export interface ValidatedStep {
  readonly steps: number;
  /** mean|mel(y) − mel(ŷ)| of held-out pieces, natural logarithm. */
  readonly mel: number;
}

/** What was learned by then. */
export interface Learned {
  /** Averaged over the last steps, with weight norm, in PyTorch's layout. */
  readonly weights: ReadonlyMap<string, UpstreamArray>;
  readonly steps: number;
  /** The last validation of these weights or of those before them. */
  readonly validation: ValidatedStep | undefined;
}

export interface FineTuningRun {
  /** Ends it, between two operations. */
  readonly signal: AbortSignal;
  /** Told of each step: how many are done, and the mel loss of the last one's batch. */
  readonly onStep?: (steps: number, loss: number) => void;
  readonly onValidation?: (found: ValidatedStep) => void;
  /** Awaited between two steps: as long as it waits, nothing is learned. */
  readonly hold?: () => Promise<void>;
}

/**
 * A generator that learns from a few recordings in memory, by the losses of spectra, for as long as it is let: no
 * files, no discriminators, no checkpoints. Computes on the tfjs backend that is set. Owns its tensors until `dispose`.
 */
export class FineTuning {
  /** Seconds of the recordings together. */
  readonly seconds: number;
  readonly #trainer: Trainer;
  readonly #batches: Batches;
  readonly #heldOut;
  readonly #pause: Pause;
  /** One thing at a time is done to the weights or with them. */
  #turn: Promise<unknown> = Promise.resolve();
  #freed: Promise<void> = Promise.resolve();
  /** Of the last validation: what is left where a step spoils the weights. */
  #good: Learned | undefined;
  #spoilt = false;
  #runs = false;
  /** Aborted by `dispose`. */
  readonly #end = new AbortController();
  /** Of the last step's clips. */
  #ids: readonly string[] = [];

  /**
   * @throws StateError where weights and configuration do not belong together; RangeError where the recordings are too
   * short together, or a sample of theirs is NaN or infinite
   */
  constructor({ config, weights, where, recordings, pause }: FineTuningOptions) {
    const { sampling_rate: rate, hop_size: hop } = config;
    const { batchSize, learningRate, leastSeconds, pieceSeconds } = FINE_TUNING;
    this.seconds = recordings.reduce((sum, { audio }) => sum + audio.length / rate, 0);
    if (this.seconds < leastSeconds) {
      throw new RangeError(
        `recordings: have ${this.seconds.toFixed(1)} s together and must have ${leastSeconds} at least, because a voice learns nothing from less and a part is held out to measure by; add recordings`,
      );
    }
    const most = Math.min(FINE_TUNING.segmentSize, config.segment_size);
    const segmentSize = Math.max(hop, Math.floor(most / hop) * hop);
    const { training, heldOut } = splitRecordings(
      recordings,
      Math.max(segmentSize, Math.round(pieceSeconds * rate)),
    );
    const own: HifiGanConfig = {
      ...config,
      ...{ batch_size: batchSize, segment_size: segmentSize },
      // No epoch is long enough to be a measure.
      ...{ learning_rate: learningRate, lr_decay: 1 },
      // The mel loss that validation measures, too: one axis for both. A weight for a sum over resolutions is not its own.
      ...(config.use_multiscale_melloss && {
        ...{ use_multiscale_melloss: false, lambda_melloss: MEL_WEIGHT },
      }),
    };
    this.#heldOut = heldOut;
    this.#pause = pause;
    this.#batches = new Batches({
      ...{ clips: training, batchSize, segmentSize, seed: own.seed, context: true },
      mel: createMelSpectrogram(melOptions(own)),
    });
    this.#trainer = new Trainer({
      config: own,
      adversarialStart: Number.POSITIVE_INFINITY,
      microBatch: new MicroBatch({ adapts: true }),
      optimization: { emaDecay: FINE_TUNING.emaDecay },
    });
    try {
      importState(this.#trainer.generator, weights, where);
    } catch (error) {
      this.#trainer.dispose();
      throw error;
    }
  }

  /** Steps done. */
  get steps(): number {
    return this.#trainer.steps;
  }

  /** Samples of a segment that a step learns from. */
  get segmentSize(): number {
    return this.#trainer.config.segment_size;
  }

  /**
   * Validates, and then learns until the signal or `dispose` ends it; with a validation each
   * {@link FINE_TUNING}.validateEvery steps. May be called again to go on.
   *
   * @throws NonFiniteLossError where a loss, a gradient or a weight is no number: then {@link FineTuning.learned} is what was
   * validated last, and it cannot go on; Error where it runs already, cannot go on or is disposed of; whatever else computing,
   * `pause` and `hold` throw, but the signal's reason and an AbortError after it
   */
  async run({ signal, onStep, onValidation, hold }: FineTuningRun): Promise<void> {
    this.#requireRunnable();
    const ends = [signal, this.#end.signal];
    const goOn = () => {
      for (const end of ends) end.throwIfAborted();
    };
    const pause = async () => {
      goOn();
      await this.#pause();
      goOn();
    };
    this.#runs = true;
    try {
      const measure = async () => {
        const found = await this.#inTurn(() => this.#validate(pause));
        onValidation?.(found);
      };
      if (!this.#good) await measure();
      for (;;) {
        await hold?.();
        await pause();
        const loss = await this.#inTurn(() => this.#step(pause));
        onStep?.(this.steps, loss);
        if (this.steps % FINE_TUNING.validateEvery === 0) await measure();
      }
    } catch (error) {
      // A step that fails while it is being ended has failed all the same.
      if (!ends.some((end) => isEndOf(end, error))) throw error;
    } finally {
      this.#runs = false;
    }
  }

  /**
   * Copies out what was learned so far, between two steps.
   *
   * @throws Error where the weights are spoilt and none were validated before, or it is disposed of
   */
  async learned(): Promise<Learned> {
    this.#requireThere('learned');
    return this.#inTurn(async () => {
      if (!this.#spoilt) return this.#copy(this.#good?.validation);
      if (this.#good) return this.#good;
      throw new Error(
        'learned: the weights must be numbers, because nothing speaks with others; begin with another voice',
      );
    });
  }

  /** Ends what is being learned, and frees all tensors when what computes with them is over. */
  dispose(): Promise<void> {
    if (!this.#end.signal.aborted) {
      this.#end.abort();
      this.#freed = this.#inTurn(async () => this.#trainer.dispose());
    }
    return this.#freed;
  }

  #requireRunnable(): void {
    this.#requireThere('run');
    if (this.#runs) {
      throw new Error(
        'run: must end before it is called again, because two would learn past each other; abort its signal and await it',
      );
    }
    if (this.#spoilt) {
      throw new Error(
        'run: the weights must be numbers, because nothing is learned from others; begin again with what was learned before',
      );
    }
  }

  #requireThere(what: string): void {
    if (this.#end.signal.aborted) {
      throw new Error(
        `${what}: must come before dispose, because the weights are freed; make another FineTuning`,
      );
    }
  }

  async #step(pause: Pause): Promise<number> {
    const trainer = this.#trainer;
    const batch = await this.#batches.at(trainer.place);
    this.#ids = batch.ids;
    // Aborted within, a step has changed nothing; an error after that is of what it learned.
    const done = trainer.steps;
    try {
      const { mel } = await trainer.step(batch, this.#batches.after(trainer.place), { pause });
      return mel;
    } catch (error) {
      this.#spoilt ||= trainer.steps > done;
      throw error;
    }
  }

  async #validate(pause: Pause): Promise<ValidatedStep> {
    const { evaluated, config, steps } = this.#trainer;
    const learned = await this.#copy(undefined);
    if (![...learned.weights.values()].every(({ data }) => data.every(Number.isFinite))) {
      this.#spoilt = true;
      throw new NonFiniteLossError(steps - 1, this.#ids, { weights: Number.NaN });
    }
    const { mel } = await validate(evaluated, config, this.#heldOut, {
      most: MOST_VALIDATED,
      pause,
    });
    const found = { steps, mel };
    this.#good = { ...learned, validation: found };
    return found;
  }

  async #copy(validation: ValidatedStep | undefined): Promise<Learned> {
    const { evaluated, steps } = this.#trainer;
    return { weights: await exportState(evaluated), steps, validation };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

/** Whether an error is what a signal asked for; timers and the like make one of their own of it. */
function isEndOf({ aborted, reason }: AbortSignal, error: unknown): boolean {
  return aborted && (error === reason || (error instanceof Error && error.name === 'AbortError'));
}
