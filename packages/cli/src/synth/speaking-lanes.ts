import { availableParallelism } from 'node:os';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { startLanes, startWorkerLane, type WorkerLane } from '../processes/worker-lane.js';
import type { Work } from '../run-jobs.js';
import { duration } from '../terminal/format.js';
import type { SoundFormat } from './sound-encoder.js';
import { type AboutSpeaker, FileSpeaker } from './speak-file.js';
import type { SpeakOptions } from './synth-options.js';
import type { WorkerAnswers, WorkerNews, WorkerQuestion } from './worker-task.js';

/** Those that speak side by side. */
export interface SpeakingLanes {
  readonly works: readonly Work[];
  readonly about: AboutSpeaker;
  /** Ends them; done when they are gone. */
  end(): Promise<void>;
}

export interface LaneOptions extends SpeakOptions {
  readonly format: SoundFormat;
  readonly workers: number;
  /** Threads for all of them, where the user does not say how many for each; default: those of the machine. */
  readonly available?: number;
}

/**
 * One that speaks in this process, or several processes with a share of the processor each.
 *
 * @throws what `FileSpeaker.open` throws
 */
export async function openLanes(
  context: Context,
  { workers, available = availableParallelism(), ...options }: LaneOptions,
): Promise<SpeakingLanes> {
  if (workers === 1) return inThisProcess(await FileSpeaker.open(context, options));
  const { program } = context;
  if (program === undefined) {
    throw new UsageError(
      'synth: program must be handed to main for --workers, because each is a process that runs it; give the file of yours, or use hifigan',
    );
  }
  const threads = options.threads ?? Math.max(1, Math.floor(available / workers));
  const lanes = await startLanes(workers, () =>
    startWorkerLane<WorkerQuestion, WorkerAnswers>(context, {
      ...{ program, verb: 'synth-worker' },
      start: { ask: 'start', options: { ...options, threads } },
    }),
  );
  return {
    works: lanes.map(workOf),
    about: lanes[0].about,
    async end() {
      await Promise.all(lanes.map((lane) => lane.end()));
    },
  };
}

function inThisProcess(speaker: FileSpeaker): SpeakingLanes {
  const work: Work = (job, advance) =>
    speaker.speak(job, (share, seconds) => advance(share, detailOf(share, seconds)));
  return { works: [work], about: speaker.about, end: () => speaker.end() };
}

const detailOf = (share: number, seconds: number): string =>
  Number.isNaN(share) ? duration(seconds) : '';

function workOf(lane: WorkerLane<WorkerQuestion, WorkerAnswers>): Work {
  return ({ file, output }, advance) =>
    lane.ask({ ask: 'speak', job: { file, output } }, file.shown, (news) => {
      const { share, seconds } = news as WorkerNews;
      const known = share ?? Number.NaN;
      // After Ctrl-C it throws, and the answer that is waited for says so as well.
      void advance(known, detailOf(known, seconds)).catch(() => undefined);
    });
}
