import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import { tellFewerThreads } from '../backends/fewer-threads.js';
import { readCourses } from '../bench/courses.js';
import { drawReport } from '../bench/draw-report.js';
import type { Course } from '../bench/entrant.js';
import { ExportedCourses } from '../bench/exported-courses.js';
import { Forecast } from '../bench/forecast.js';
import { readMachine } from '../bench/machine.js';
import { type Failure, type Measurement, measure } from '../bench/measure.js';
import { bytesAFrame, mostFrames } from '../bench/most-frames.js';
import { planEntrants } from '../bench/plan-entrants.js';
import { reportOf, tableOf } from '../bench/report.js';
import type { Context } from '../context.js';
import { pathOf } from '../context.js';
import { UsageError } from '../errors.js';
import { checkWritable } from '../files/check-writable.js';
import { CONFIG_ARGUMENT } from '../files/load-config.js';
import { refuseExisting, writeAtomic } from '../files/write-atomic.js';
import { addForceOption, backendName, listOf, numberBetween, wholeNumber } from '../options.js';
import { byteSize } from '../terminal/format.js';
import { createProgress } from '../terminal/progress.js';
import { version } from '../version.js';

interface Options {
  readonly config?: readonly string[];
  readonly checkpoint?: string;
  readonly backend?: readonly string[];
  readonly threads?: readonly number[];
  readonly frames: number;
  readonly chunkFrames: number;
  readonly rounds: number;
  readonly maxSeconds: number;
  readonly exported?: readonly string[];
  readonly plot?: string;
  readonly force?: boolean;
}

const TERMS = `
× real time     seconds of speech made in a second, all frames at once; the best round
ratio           that, beside the first row of the same configuration
ms to audio     from a warm model to the first samples of a stream (Vocoder.stream) whose frames are all there, computed
                --chunk-frames at a time; whoever gets them one by one waits for them as well
ms from start   the same from nothing: the backend's modules, its threads, the model, the first samples
peak MB         memory of the whole process

Each row is a process of its own. The rows of a configuration take turns, so that each meets the same disturbances.
--json has every round, the medians, and the CPU time.`;

/** `hifigan bench`: the speed of this machine's backends. */
export function registerBench(
  program: Command,
  context: Context,
  setExitCode: (code: number) => void,
): void {
  const names = context.backends.map(({ name }) => name);
  const command = program
    .command('bench')
    .description("speed, latency and memory of this machine's backends; beside onnxruntime")
    .option(
      '-c, --config <config...>',
      `${CONFIG_ARGUMENT}; several, also v1,v2 (default: all three)`,
    )
    .option('--checkpoint <path>', 'weights and configuration as for synth, instead of random ones')
    .option('--backend <names>', `of ${names.join(',')} (default: all)`, listOf(backendName(names)))
    .addOption(
      new Option(
        '--threads <counts>',
        'threads that share one operation; several: 1,2 (default: all cores)',
      )
        .env('HIFIGAN_THREADS')
        .argParser(listOf(wholeNumber(1))),
    )
    .option('--frames <count>', 'mel frames of a run', wholeNumber(1), 172)
    .option(
      '--chunk-frames <count>',
      'computed at a time until the first samples are heard',
      wholeNumber(1),
      16,
    )
    .option('--rounds <count>', 'runs that count, after those that warm up', wholeNumber(1), 5)
    .option(
      '--max-seconds <seconds>',
      'of the rounds of one row; what is slower does fewer, or fewer frames',
      numberBetween(0.1, 1e6),
      30,
    )
    .option(
      '--exported <[config=]path...>',
      'what export wrote: .onnx for onnxruntime-node and -web where they are installed, or the folder of a SavedModel (default: ONNX of each configuration)',
    )
    .option('--plot <file.png>', 'draw the speeds');
  command.addHelpText('after', TERMS);
  addForceOption(command).action(async (options: Options) => {
    const { console } = context;
    if (context.program === undefined) {
      throw new UsageError(
        'bench: program must be handed to main, because each row is a process that runs it; give the file of yours, or use hifigan',
      );
    }
    const { program: file } = context;
    const plot = await plotPath(context, options);
    const { courses, weights, weightsShown } = await readCourses(context, {
      configs: options.config,
      checkpoint: options.checkpoint,
    });
    checkFrames(courses, options);
    const models = new ExportedCourses(weights);
    const { entrants, absent } = await planEntrants(context, {
      courses,
      weights,
      backends: options.backend,
      threads: options.threads ?? [availableParallelism()],
      exported: options.exported,
      exportOnnx: (course) => models.onnx(course),
    }).catch(async (error: unknown) => {
      await models.remove();
      throw error;
    });
    for (const { backend, reason } of absent) {
      console.warn(`${backend} is not measured: ${reason}`);
    }
    if (!options.exported && !entrants.some(({ task }) => task.computer.kind === 'onnx')) {
      console.note(
        options.backend
          ? 'beside onnxruntime: leave --backend away, or name an exported generator with --exported'
          : 'beside onnxruntime: npm install onnxruntime-node (or -web)',
      );
    }
    for (const backend of context.backends) {
      const asked = options.backend?.includes(backend.name) === false ? [] : options.threads;
      tellFewerThreads(context, backend, Math.max(...(asked ?? []), 1));
    }
    const machine = readMachine();
    const forecast = new Forecast(entrants, options, context.now);
    const progress = createProgress(context, 'bench', () => forecast.total);
    const measured: Measurement[] = [];
    const failed: Failure[] = [];
    try {
      for (const { name } of courses) {
        const own = entrants.filter(({ course }) => course === name);
        const found = await measure(context, own, {
          ...options,
          ...{ program: file, progress, forecast },
        });
        measured.push(...found.measured);
        failed.push(...found.failed);
      }
    } finally {
      progress.end();
      await models.remove();
    }
    const { frames, chunkFrames, rounds } = options;
    const report = reportOf({
      ...{ machine, version, weights: weightsShown, frames, chunkFrames, rounds },
      ...{ measured, failed, unavailable: absent },
    });
    if (failed.length > 0) setExitCode(1);
    // Before the picture: minutes of work are not lost where that cannot be written.
    await console.result(console.json ? JSON.stringify(report) : tableOf(report));
    if (plot) {
      await writeAtomic(plot, drawReport(report));
      console.note(`plot: ${options.plot}`);
    }
  });
}

/** @throws UsageError where a run would not fit into memory */
function checkFrames(courses: readonly Course[], { frames, chunkFrames }: Options): void {
  for (const { name, config } of courses) {
    const most = mostFrames(config);
    const bytes = bytesAFrame(config);
    for (const [option, count] of [
      ['--frames', frames],
      ['--chunk-frames', chunkFrames],
    ] as const) {
      if (count <= most) continue;
      throw new UsageError(
        `${option} ${count}: must be at most ${most} for ${name}, because so many go at once and each takes about ` +
          `${byteSize(bytes)}, ${byteSize(count * bytes)} in all; give fewer: the speed is the same`,
      );
    }
  }
}

/** Where the picture goes, which can be written. */
async function plotPath(
  context: Context,
  { plot, force }: Pick<Options, 'plot' | 'force'>,
): Promise<string | undefined> {
  if (plot === undefined) return undefined;
  if (extname(plot).toLowerCase() !== '.png') {
    throw new UsageError(
      `--plot ${plot}: must end in .png, because that is what it will be; rename it`,
    );
  }
  const path = pathOf(context, plot);
  await refuseExisting(path, force === true);
  checkWritable([{ path, shown: plot }]);
  return path;
}
