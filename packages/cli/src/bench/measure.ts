import { type Context, heedInterrupt } from '../context.js';
import { Interrupted } from '../errors.js';
import type { Progress } from '../terminal/progress.js';
import { startContender } from './contender-process.js';
import { type Entrant, titleOf } from './entrant.js';
import { type Contender, interleave } from './interleave.js';
import { type Effort, playRound, type Round, type Running, warmUp } from './running.js';
import type { Started } from './task.js';

/** What was measured of one entrant; times are in seconds. */
export interface Measurement {
  readonly entrant: Entrant;
  readonly started: Started;
  /** From a cold model to the first piece; undefined where the file takes one other length. */
  readonly first?: number;
  /** Of each run; fewer than wanted where that would have taken too long, or the file takes one length. */
  readonly frames: number;
  readonly rounds: readonly Round[];
  readonly peakBytes: number;
}

/** An entrant that did not come to the end. */
export interface Failure {
  readonly entrant: Entrant;
  readonly reason: string;
}

export interface MeasureOptions extends Effort {
  /** File that runs the command line, for the processes. */
  readonly program: string;
  readonly progress: Progress;
  /** Units of progress that are done already. */
  readonly done: number;
}

/** Rounds that are not counted: the first compile and allocate. */
const WARM_UP = 2;

/** Units of progress of an entrant: its start, its rounds. */
export const unitsOf = ({ rounds }: Pick<Effort, 'rounds'>): number => 1 + WARM_UP + rounds;

/** Seconds that any answer may take, besides what the slow take. */
const PATIENCE = 300;

/**
 * Lets entrants take turns, each in a process of its own. Who fails is told, and the others go on.
 *
 * @throws Interrupted after Ctrl-C, when all processes are gone
 */
export async function measure(
  context: Context,
  entrants: readonly Entrant[],
  options: MeasureOptions,
): Promise<{ readonly measured: Measurement[]; readonly failed: Failure[] }> {
  const { progress, rounds } = options;
  const failed: Failure[] = [];
  const running: Running[] = [];
  const fail = (entrant: Entrant, error: unknown) => {
    if (error instanceof Interrupted) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    progress.end();
    context.console.error(`${titleOf(entrant)}: ${reason}`);
    failed.push({ entrant, reason });
  };
  try {
    for (const [index, entrant] of entrants.entries()) {
      await heedInterrupt(context);
      progress.update(options.done + index, `${titleOf(entrant)}: starts`);
      const child = startContender({
        program: options.program,
        env: context.env,
        signal: context.signal,
        patience: PATIENCE + 10 * options.maxSeconds,
        onLine: (line) => {
          progress.end();
          context.console.warn(`${titleOf(entrant)}: ${line}`);
        },
      });
      try {
        running.push(await warmUp(entrant, child, options));
      } catch (error) {
        child.end();
        fail(entrant, error);
      }
    }
    // Rounds that the slow and the failed leave out are done with.
    const left = running.map((one) => (one.slow ? one.rounds : WARM_UP + rounds));
    let turns =
      options.done +
      entrants.length * unitsOf(options) -
      left.reduce((sum, count) => sum + count, 0);
    const contenders = running.map((one): Contender<Round> => {
      const { entrant, slow } = one;
      let turn = slow ? 0 : -WARM_UP;
      return {
        name: titleOf(entrant),
        ...(slow && { rounds: one.rounds }),
        async run() {
          turn++;
          const what = turn > 0 ? `round ${turn} of ${one.rounds}` : 'warms up';
          progress.update(turns++, `${titleOf(entrant)}: ${what}`);
          try {
            return await playRound(one, options);
          } catch (error) {
            one.process.end();
            running.splice(running.indexOf(one), 1);
            fail(entrant, error);
            return undefined;
          }
        },
      };
    });
    const all = [...running];
    const results = await interleave(contenders, { rounds, warmUp: WARM_UP });
    const measured: Measurement[] = [];
    for (const [index, one] of all.entries()) {
      if (!running.includes(one)) continue;
      const { entrant, started, first, frames } = one;
      try {
        const { peakBytes } = await one.process.ask({ ask: 'memory' });
        measured.push({
          ...{ entrant, started, first, frames, peakBytes },
          rounds: results[index].rounds,
        });
      } catch (error) {
        fail(entrant, error);
      }
    }
    return { measured, failed };
  } finally {
    for (const { process } of running) process.end();
  }
}
