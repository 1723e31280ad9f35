import { type Context, heedInterrupt } from '../context.js';
import { Interrupted } from '../errors.js';
import { startAskedProcess } from '../processes/asked-process.js';
import type { Progress } from '../terminal/progress.js';
import { type Entrant, titleOf } from './entrant.js';
import type { Forecast } from './forecast.js';
import { type Contender, interleave } from './interleave.js';
import { type Effort, playRound, type Round, type Running, WARM_UP, warmUp } from './running.js';
import type { Answers, Question, Started } from './task.js';

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
  /** Told of what is done. */
  readonly forecast: Forecast;
}

/** Seconds that any answer may take, besides what the slow take. */
const PATIENCE = 300;

/** Rounds that an entrant has before it, those that warm up among them. */
const turnsOf = ({ slow, rounds }: Running): number => (slow ? rounds : WARM_UP + rounds);

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
  const { progress, forecast, rounds } = options;
  const failed: Failure[] = [];
  const running: Running[] = [];
  const fail = (entrant: Entrant, error: unknown) => {
    if (error instanceof Interrupted) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    progress.end();
    context.console.error(`${titleOf(entrant)}: ${reason}`);
    failed.push({ entrant, reason });
    forecast.drop(entrant);
  };
  try {
    for (const entrant of entrants) {
      await heedInterrupt(context);
      progress.update(forecast.done, `${titleOf(entrant)}: starts`);
      const child = startAskedProcess<Question, Answers>({
        verb: 'bench-contender',
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
        const one = await warmUp(entrant, child, options);
        running.push(one);
        forecast.expect(entrant, turnsOf(one), one.seconds);
      } catch (error) {
        void child.end();
        fail(entrant, error);
      }
    }
    const contenders = running.map((one): Contender<Round> => {
      const { entrant, slow } = one;
      let left = turnsOf(one);
      return {
        name: titleOf(entrant),
        ...(slow && { rounds: one.rounds }),
        async run() {
          const what =
            left > one.rounds ? 'warms up' : `round ${1 + one.rounds - left} of ${one.rounds}`;
          progress.update(forecast.done, `${titleOf(entrant)}: ${what}`);
          try {
            const round = await playRound(one, options);
            forecast.expect(
              entrant,
              --left,
              slow ? one.seconds : round.wall + (round.latency ?? 0),
            );
            return round;
          } catch (error) {
            void one.process.end();
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
    for (const { process } of running) void process.end();
  }
}
