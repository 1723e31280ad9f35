import type { Share } from '../../share.js';
import type { LossSum } from '../../step-losses.js';
import { NonFiniteLossError, type TrainerOptions } from '../../trainer.js';
import type { Communicator } from './communicator.js';
import { GradientSum } from './gradient-sum.js';

/** What ranks tell each other between two steps. */
export interface Agreement {
  /** Any rank was asked to end. */
  readonly interrupted: boolean;
  /** Rank 0 says that the training is at its end. */
  readonly over: boolean;
  /** Rank 0 wants the weights of all compared. */
  readonly compare: boolean;
}

/** What a rank tells of losses that are no numbers. */
interface Suspect {
  /** Index of its own first loss that is none; −1: all are numbers. */
  readonly first: number;
  readonly ids: readonly string[];
}

/**
 * The processes that train together, as a training sees them: each learns from its share of every batch, and gradients
 * and losses are summed, so that all have the same weights at any time. Rank 0 leads: it alone saves, logs and
 * measures.
 */
export class Ranks {
  readonly rank: number;
  readonly size: number;
  readonly communicator: Communicator;
  /** What a trainer needs to be one of several. */
  readonly training: Pick<TrainerOptions, 'reduce' | 'ready' | 'sumLosses'>;
  private ownLosses: Float64Array = new Float64Array();
  private lost = false;

  constructor(communicator: Communicator) {
    this.communicator = communicator;
    this.rank = communicator.rank;
    this.size = communicator.size;
    const { reduce, ready } = new GradientSum(communicator);
    this.training = { reduce, ready, sumLosses: this.sumLosses };
  }

  /** Whether this rank saves, logs and measures. */
  get leads(): boolean {
    return this.rank === 0;
  }

  get share(): Share {
    return { rank: this.rank, ranks: this.size };
  }

  readonly sumLosses: LossSum = async (own) => {
    const sum = own.slice();
    this.communicator.allreduceSum(sum);
    this.ownLosses = own;
    this.lost = !sum.every(Number.isFinite);
    return sum;
  };

  /** Waits for all ranks, however long they take, and tells what they agree on. */
  async agree(own: Agreement): Promise<Agreement> {
    const flags = Float64Array.of(
      Number(own.interrupted),
      Number(this.leads && own.over),
      Number(this.leads && own.compare),
    );
    await this.communicator.iallreduceSum(flags).done();
    const [interrupted, over, compare] = [...flags].map((flag) => flag > 0);
    return { interrupted, over, compare };
  }

  /**
   * The error of losses or gradients that are no numbers with the clips of those ranks where it began (all, where
   * none had such a loss of its own); all ranks must meet it together,
   * as they do where sums are no numbers. Another error, such as one of this rank's alone, stays as it is.
   */
  blame(error: unknown): unknown {
    if (!(error instanceof NonFiniteLossError && (this.lost || error.ofGradients))) return error;
    const first = this.ownLosses.findIndex((loss) => !Number.isFinite(loss));
    const suspects = this.tell<Suspect>({ first, ids: error.ids });
    const found = suspects.map((suspect) => suspect.first).filter((index) => index >= 0);
    // In the order in which losses are computed: what comes after the first is spoilt on all ranks.
    const earliest = Math.min(...found);
    const guilty = suspects.flatMap(({ first, ids }, rank) =>
      found.length === 0 || first === earliest ? [{ rank, ids }] : [],
    );
    return new NonFiniteLossError(
      error.step,
      guilty.flatMap(({ ids }) => ids),
      error.losses,
      `of rank ${guilty.map(({ rank }) => rank).join(', ')}`,
    );
  }

  /** What each rank tells, by rank. */
  tell<T>(own: T): T[] {
    const bytes = new TextEncoder().encode(JSON.stringify(own));
    const all = this.communicator.allgather(bytes);
    return all.map((one) => JSON.parse(new TextDecoder().decode(one)) as T);
  }
}
