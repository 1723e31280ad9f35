import { generatorWork } from '@hifigan/models';
import type { Entrant } from './entrant.js';
import { type Effort, WARM_UP } from './running.js';

/**
 * How long a benchmark still takes: of an entrant that has begun by its own rounds, of others by those of the same
 * backend and threads with another configuration, as the work of the two compares.
 */
export class Forecast {
  private readonly turns: Map<Entrant, number>;
  /** Seconds for each multiplication, by backend and threads. */
  private readonly paces = new Map<string, number>();
  private readonly effort: Pick<Effort, 'rounds' | 'maxSeconds'>;
  private readonly now: () => number;
  private readonly start: number;

  /** @param now milliseconds */
  constructor(
    entrants: readonly Entrant[],
    effort: Pick<Effort, 'rounds' | 'maxSeconds'>,
    now: () => number,
  ) {
    this.effort = effort;
    this.turns = new Map(entrants.map((entrant) => [entrant, WARM_UP + effort.rounds]));
    this.now = now;
    this.start = now();
  }

  /** An entrant has so many rounds before it, of about so many seconds. */
  expect(entrant: Entrant, turns: number, seconds: number): void {
    this.turns.set(entrant, turns);
    this.paces.set(laneOf(entrant), seconds / workOf(entrant));
  }

  /** An entrant has failed. */
  drop(entrant: Entrant): void {
    this.turns.set(entrant, 0);
  }

  /** Seconds since the start. */
  get done(): number {
    return (this.now() - this.start) / 1000;
  }

  /** Seconds from the start to the end; NaN where of an entrant nothing is known. */
  get total(): number {
    const { rounds, maxSeconds } = this.effort;
    let left = 0;
    for (const [entrant, turns] of this.turns) {
      if (turns === 0) continue;
      const round = (this.paces.get(laneOf(entrant)) ?? Number.NaN) * workOf(entrant);
      // Who is slow does fewer rounds, or fewer frames.
      left += round * rounds > maxSeconds ? Math.min(turns * round, maxSeconds) : turns * round;
    }
    return this.done + left;
  }
}

function laneOf({ backend, threads }: Entrant): string {
  return `${backend} ${threads}`;
}

function workOf({ task: { config } }: Entrant): number {
  return generatorWork(config, 1).layers.reduce((sum, layer) => sum + layer.multiplications, 0);
}
