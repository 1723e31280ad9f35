import { availableParallelism } from 'node:os';
import type { Context } from '../context.js';
import { UsageError, UserError } from '../errors.js';
import { ProcessFailure, startAskedProcess } from '../processes/asked-process.js';
import { LaneEnded, type Work } from '../run-jobs.js';
import { duration } from '../terminal/format.js';
import type { SoundFormat } from './sound-encoder.js';
import { FileSpeaker } from './speak-file.js';
import type { SpeakOptions } from './synth-options.js';
import type { SpeakingProcess, WorkerAnswers, WorkerNews, WorkerQuestion } from './worker-task.js';

/** Those that speak side by side. */
export interface SpeakingLanes {
  readonly works: readonly Work[];
  /** Checkpoint and backend, for people. */
  readonly shown: string;
  readonly computes: string;
  /** Ends them; done when they are gone. */
  end(): Promise<void>;
}

export interface LaneOptions extends SpeakOptions {
  readonly format: SoundFormat;
  readonly workers: number;
  /** Threads for all of them, where the user does not say how many for each; default: those of the machine. */
  readonly available?: number;
}

/** Seconds that an answer may take: a file may be a day long. */
const PATIENCE = 30 * 24 * 3600;

/** Processes of a lane that may fail to start one after the other: then something else is wrong than the files. */
const MOST_FAILED_STARTS = 5;

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
  const start = () => startWorker(context, program, { ...options, threads });
  // The first alone, so that what is wrong with the model is told once.
  const first = await start();
  const lanes = await Promise.allSettled(Array.from({ length: workers - 1 }, start));
  const processes = [
    first,
    ...lanes.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])),
  ];
  const end = async () => {
    await Promise.all(processes.map((worker) => worker.end()));
  };
  const failed = lanes.find((one) => one.status === 'rejected');
  if (failed) {
    await end();
    throw failed.reason;
  }
  return { works: processes.map((worker) => worker.work), ...first.about, end };
}

function inThisProcess(speaker: FileSpeaker): SpeakingLanes {
  const work: Work = (job, advance) =>
    speaker.speak(job, (share, seconds) => advance(share, detailOf(share, seconds)));
  return { works: [work], ...speaker.about, end: () => speaker.end() };
}

const detailOf = (share: number, seconds: number): string =>
  Number.isNaN(share) ? duration(seconds) : '';

interface Worker {
  readonly about: WorkerAnswers['start'];
  readonly work: Work;
  end(): Promise<void>;
}

async function startWorker(
  context: Context,
  program: string,
  options: SpeakOptions & { readonly format: SoundFormat },
): Promise<Worker> {
  let advance: ((share: number, detail?: string) => Promise<void>) | undefined;
  let process: SpeakingProcess | undefined;
  const started = async () => {
    const child = startAskedProcess<WorkerQuestion, WorkerAnswers>({
      ...{ program, verb: 'synth-worker', cwd: context.cwd, env: context.env },
      ...{ signal: context.signal, patience: PATIENCE, tidies: true },
      // Its notes are ours.
      onLine: (line) => context.console.warn(line.replace(/^note: /, '')),
      onNews: (news) => {
        const { share, seconds } = news as WorkerNews;
        const known = share ?? Number.NaN;
        // After Ctrl-C it throws, and the answer that is waited for says so as well.
        void advance?.(known, detailOf(known, seconds)).catch(() => undefined);
      },
    });
    try {
      return { child, about: await child.ask({ ask: 'start', options }) };
    } catch (error) {
      await child.end();
      throw error;
    }
  };
  const { child, about } = await started();
  process = child;
  /** Another where the one before has died. */
  const living = async (): Promise<SpeakingProcess> => {
    if (process?.alive) return process;
    process = undefined;
    for (let failed = 1; ; failed++) {
      try {
        process = (await started()).child;
        return process;
      } catch (error) {
        if (!(error instanceof ProcessFailure)) throw error;
        if (failed < MOST_FAILED_STARTS) continue;
        throw new LaneEnded(`${failed} processes ended one after the other: ${error.message}`);
      }
    }
  };
  return {
    about,
    async work({ file, output }, report) {
      const speaking = await living();
      advance = report;
      try {
        return await speaking.ask({ ask: 'speak', job: { file, output } });
      } catch (error) {
        if (speaking.alive) throw error;
        await speaking.end();
        if (!(error instanceof ProcessFailure)) throw error;
        throw new UserError(`${file.shown}: ${error.message}`, { cause: error });
      } finally {
        advance = undefined;
      }
    },
    async end() {
      await process?.ask({ ask: 'finish' }).catch(() => undefined);
      await process?.end();
    },
  };
}
