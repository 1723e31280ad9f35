import type { FramePlan } from '../frames.js';
import type { Overlap } from './overlap.js';
import { GROUP, type Projection } from './projection.js';
import { SampleQueue } from './sample-queue.js';

/** What a round does. */
export interface Stage {
  readonly projection: Projection;
  /** Frames of the mel that it needs to know beyond those of its sound. */
  readonly lookAhead: number;
  /** How far it goes on beyond its result, to what the next result starts from and the sound that is handed out. */
  readonly relaxation: number;
  /** How far further, to the point that the next round brings nearer. */
  readonly momentum: number;
}

/**
 * Nenov, Nguyen, Balazs and Boţ, "Faster than Fast: Accelerating the Griffin-Lim Algorithm" (2023), with β = 0. On the
 * packaged voice 24 rounds so do what 32 of the fast Griffin-Lim's momentum do (docs/experiment-log.md).
 */
export const ACCELERATION = { lookAhead: 0, relaxation: 0.25, momentum: 0.75 };

/** What all rounds share. */
export interface RoundPlan {
  readonly plan: FramePlan;
  readonly overlap: Overlap;
  /** Of a frame of the mel. */
  readonly bands: number;
}

/** What a round brings forth. */
interface Sink {
  /** What the next round is to bring nearer; of the last nobody wants it. */
  readonly point?: SampleQueue;
  /** What was reached. */
  readonly estimate: SampleQueue;
}

/** One round over all the audio, as it comes from the round before. */
export class Round implements Sink {
  /** What is brought nearer. */
  readonly point = new SampleQueue();
  /** What was reached before: the momentum is counted from it. */
  readonly estimate = new SampleQueue();
  /** Frames that are done. */
  frame = 0;
  readonly #stage: Stage;
  readonly #plan: FramePlan;
  readonly #overlap: Overlap;
  readonly #targets: SampleQueue;
  readonly #bands: number;
  /** Of the frames, from the first sample on that is not certain yet. */
  readonly #sum: Float64Array;
  #made = 0;

  /** @param targets of each frame what its bands shall sum up to */
  constructor(stage: Stage, { plan, overlap, bands }: RoundPlan, targets: SampleQueue) {
    this.#stage = stage;
    this.#plan = plan;
    this.#overlap = overlap;
    this.#targets = targets;
    this.#bands = bands;
    this.#sum = new Float64Array(plan.nFft + GROUP * plan.hopSize);
  }

  /**
   * Does what can be done, a group of frames at a time.
   *
   * @param next takes what comes of it
   * @param total samples of the whole, where that is known
   */
  run(next: Sink, total?: number): void {
    const { nFft, hopSize, padding } = this.#plan;
    const frames = total === undefined ? Number.POSITIVE_INFINITY : total / hopSize;
    const { projection, lookAhead } = this.#stage;
    while (this.frame < frames) {
      const start = this.frame * hopSize - padding;
      const end = start + (GROUP - 1) * hopSize + nFft;
      if (total === undefined && !this.#has(end, this.frame + GROUP + lookAhead)) return;
      const count = Math.min(GROUP, frames - this.frame);
      const targets = this.#targets.read(
        this.frame * this.#bands,
        Math.min(this.frame + count + lookAhead, frames) * this.#bands,
      );
      const lastSample = (total ?? end) - 1;
      projection({ audio: this.point, start, count, lastSample, targets }, this.#sum, this.#made);
      this.frame += count;
      const certain = this.frame < frames ? this.frame * hopSize - padding : (total as number);
      this.#release(Math.max(0, certain), frames, next);
      // The mirror image at the end reaches back as far as a frame overhangs.
      this.point.dropBefore(Math.min(certain, this.point.end - padding - 1));
    }
  }

  #has(samples: number, frames: number): boolean {
    return this.point.end >= samples && this.#targets.end >= frames * this.#bands;
  }

  /** Hands out the samples before `end`, of a whole of so many frames. */
  #release(end: number, frames: number, next: Sink): void {
    const count = end - this.#made;
    if (count <= 0) return;
    const before = this.estimate.read(this.#made, end);
    const reached = new Float64Array(count);
    const point = new Float64Array(count);
    const sum = this.#sum;
    const { relaxation, momentum } = this.#stage;
    this.#overlap.divide(sum, this.#made, count, frames);
    for (let i = 0; i < count; i++) {
      reached[i] = sum[i] + relaxation * (sum[i] - before[i]);
      point[i] = reached[i] + momentum * (reached[i] - before[i]);
    }
    sum.copyWithin(0, count).fill(0, -count);
    this.#made = end;
    this.estimate.dropBefore(end);
    next.estimate.append(reached);
    next.point?.append(point);
  }
}
