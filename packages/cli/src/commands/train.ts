import {
  checkReadsAtOnce,
  probeFolder,
  type RunResult,
  runTraining,
  surveyRun,
} from '@hifigan/train/node';
import { type Command, Option } from 'commander';
import { activateBackend } from '../backends/activate.js';
import { type Context, pathOf } from '../context.js';
import { initialWeights } from '../convert/initial-weights.js';
import { Interrupted, UsageError } from '../errors.js';
import { CONFIG_ARGUMENT } from '../files/load-config.js';
import { addBackendOptions, numberBetween, wholeNumber } from '../options.js';
import { counted } from '../terminal/format.js';
import { chooseConfig, collectChanges } from '../train/choose-config.js';
import { addDataOptions, type DataFlags, dataFrom } from '../train/data-options.js';
import { type DataPathFlags, locateData, USUAL_DATA } from '../train/locate-data.js';
import { joinRanks } from '../train/open-ranks.js';
import {
  addOptimizationOptions,
  type OptimizationFlags,
  optimizationFrom,
} from '../train/optimization-options.js';
import { addRecordOptions, type RecordFlags, recordsFrom } from '../train/record-options.js';
import { tellWholeBatch } from '../train/tell-whole-batch.js';
import { tellPlan } from '../train-plan/tell-plan.js';
import { createTrainReporter } from './train-reporter.js';

/** Names with underscores are those of the reference's trainer. */
interface Options extends DataPathFlags, DataFlags, OptimizationFlags, RecordFlags {
  readonly config?: string;
  readonly set: readonly string[];
  readonly out?: string;
  readonly checkpoint_path?: string;
  readonly group_name?: string;
  readonly training_epochs?: number;
  readonly stdout_interval: number;
  readonly checkpoint_interval: number;
  readonly summary_interval: number;
  readonly validation_interval: number;
  readonly validationClips: number;
  readonly keepLast: number;
  readonly resume?: boolean;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly initFrom?: string;
  readonly seed?: number;
  readonly maxSteps?: number;
  readonly maxMinutes?: number;
  readonly adversarialStart?: number;
  readonly microBatch?: number | 'auto';
  readonly backend: string;
  readonly threads?: number;
}

/** Where the reference's trainer writes, where nothing else is said. */
const USUAL_RUN = 'cp_hifigan';

/** The reference's options that change nothing here, and why. */
const IGNORED = [['group_name', 'the reference’s trainer does not use it either']] as const;

/** `hifigan train DATA --config C --out RUN`. */
export function registerTrain(
  program: Command,
  context: Context,
  setExitCode: (code: number) => void,
): void {
  const whole = wholeNumber(0);
  const command = program
    .command('train')
    .description(
      'train a vocoder; goes on by itself with what lies in the folder of the run, of the reference’s trainer too',
    )
    .argument(
      '[data]',
      `data set that \`prepare\` made: wavs/, training.txt, validation.txt (default: ${USUAL_DATA})`,
    )
    .addOption(
      new Option(
        '-c, --config <config>',
        `${CONFIG_ARGUMENT} (default: config.json of the run, else v1)`,
      ).env('HIFIGAN_CONFIG'),
    )
    .option('--set <key=value>', 'change a key of the configuration', collectChanges, [])
    .option(
      '-o, --out <folder>',
      `folder of the run: checkpoints, config.json, log.ndjson (default: ${USUAL_RUN})`,
    )
    .option('--checkpoint_path <folder>', 'the same, as the reference calls it')
    .option('--input_wavs_dir <folder>', 'recordings, instead of wavs/ of the data set')
    .option('--input_training_file <file>', 'list of clips, id|text a line')
    .option('--input_validation_file <file>', 'list of clips to measure with')
    .option('--resume', 'fail where there is nothing to go on from')
    .option('-f, --force', 'write over a config.json that is not of this run')
    .option(
      '--dry-run',
      'tell what would be done, what it needs and how long it takes, and do nothing',
    )
    .option(
      '--init-from <path>',
      'begin with the weights of this generator (.safetensors, bundle, run, or g_… of the reference), and of the discriminators beside it, if any; optimizers begin anew',
    )
    .option('--seed <number>', 'of weights, order and crops (default: the configuration’s)', whole)
    .option(
      '--adversarial-start <step>',
      'the discriminators join at this step (default: 0, or as the run began)',
      whole,
    )
    .option(
      '--micro-batch <clips>',
      'clips at a time: the same result in less memory, somewhat slower; auto halves them when memory runs out (default: the batch)',
      clipsAtATime,
    )
    .option('--training_epochs <count>', 'where to end (default: 3100)', whole)
    .option('--max-steps <count>', 'where to end, in steps of the whole training', whole)
    .option('--max-minutes <minutes>', 'how long this run may take', numberBetween(0, 1e9))
    .option('--stdout_interval <steps>', 'between lines of progress', wholeNumber(1), 5)
    .option('--checkpoint_interval <steps>', 'between checkpoints', wholeNumber(1), 5000)
    .option('--summary_interval <steps>', 'between records in log.ndjson', wholeNumber(1), 100)
    .option('--validation_interval <steps>', 'between validations', wholeNumber(1), 1000)
    .option('--validation-clips <count>', 'most clips of a validation', wholeNumber(1), 20)
    .option('--keep-last <count>', 'checkpoints that stay', wholeNumber(1), 5)
    .addOption(new Option('--group_name <name>').hideHelp());
  addDataOptions(command);
  addOptimizationOptions(command);
  addRecordOptions(command);
  command.addHelpText(
    'after',
    '\nEach option may come from the environment, too: HIFIGAN_MAX_STEPS is --max-steps (flag, then environment, then\nconfig.json, then default).\n\nCheckpoints are named as the reference names them, by the number of their last step, and steps count from 0:\ng_00004999 holds what 5,000 steps learned.\n\nCtrl-C (or a closed terminal) finishes the step and saves; that it was heard is said at once. A second Ctrl-C after that\nends now, without saving.\n\nTo fine-tune (--init-from, --mels) take a small rate: --set learning_rate=2e-4 at most, and less for a few steps. The\noptimizers begin anew, and their first steps change every weight by the whole rate. --adversarial-start lets the generator\nlearn the new mels from the mel loss first.',
  );
  addBackendOptions(command, context).action(async (data: string | undefined, options: Options) => {
    const { console } = context;
    for (const [name, why] of IGNORED) {
      if (options[name] !== undefined) console.warn(`--${name} is passed over: ${why}`);
    }
    const { out = options.checkpoint_path ?? USUAL_RUN } = options;
    if (options.checkpoint_path !== undefined && options.checkpoint_path !== out) {
      throw new UsageError(
        `--out and --checkpoint_path: must not name two folders (${out}, ${options.checkpoint_path}), because both are that of the run; leave one out`,
      );
    }
    const folder = pathOf(context, out);
    probeFolder(folder, out);
    const paths = locateData(context, data, options);
    const dataOptions = dataFrom(context, data, options);
    const config = await chooseConfig(context, folder, options);
    tellWholeBatch(context, config, options);
    // Of the weights alone: the configuration is that of this run.
    const initFrom = options.initFrom && (await initialWeights(context, options.initFrom, config));

    const { ranks, threads } = await joinRanks(context, config);
    const backend = await activateBackend(context, {
      ...options,
      threads: options.threads ?? threads,
    });
    const device = (await backend.device?.()) ?? backend.description;
    console.note(`trains on ${backend.name}: ${device}`);
    const reporter = createTrainReporter(context, config);
    // Before a plan that could not be carried out is told, or any file written.
    if (ranks) checkReadsAtOnce();
    if (options.dryRun) {
      if (ranks?.leads === false) return;
      const { from } = await surveyRun({
        ...{ config, out: folder, initFrom, reporter },
        ...{ resume: options.resume, force: options.force },
      });
      await tellPlan(context, backend, {
        ...(from && { from }),
        ...{ config, ...paths },
        data: dataOptions,
        ...(data !== undefined && { dataSet: pathOf(context, data) }),
        adversarialStart: options.adversarialStart ?? from?.adversarialStart,
        microBatch: options.microBatch,
        optimization: { emaDecay: options.ema ?? from?.optimization?.emaDecay },
        epochs: options.training_epochs,
        maxSteps: options.maxSteps,
        maxMinutes: options.maxMinutes,
      });
      return;
    }
    const result = await runTraining({
      config,
      out: folder,
      ...paths,
      data: dataOptions,
      resume: options.resume,
      force: options.force,
      initFrom,
      seed: options.seed,
      adversarialStart: options.adversarialStart,
      microBatch: options.microBatch,
      epochs: options.training_epochs,
      maxSteps: options.maxSteps,
      maxMinutes: options.maxMinutes,
      stdoutInterval: options.stdout_interval,
      checkpointInterval: options.checkpoint_interval,
      summaryInterval: options.summary_interval,
      validationInterval: options.validation_interval,
      validationClips: options.validationClips,
      keepLast: options.keepLast,
      keepBest: options.keepBest,
      optimization: optimizationFrom(options),
      records: recordsFrom(options, context),
      ranks,
      reporter,
      signal: context.signal,
      now: () => context.now(),
    }).finally(() => reporter.end());
    if (ranks?.leads === false) {
      if (result.reason === 'interrupted') setExitCode(130);
      return;
    }
    await tell(context, result, options);
  });
}

async function tell(
  { console }: Context,
  result: RunResult,
  { ndjson }: RecordFlags,
): Promise<void> {
  const { reason, steps, epoch, checkpoint, validation } = result;
  if (reason === 'interrupted') {
    throw new Interrupted(
      checkpoint
        ? `interrupted after ${counted(steps, 'step')}; saved ${checkpoint.generator}; the same command goes on from there`
        : 'interrupted before the first step; nothing to save',
    );
  }
  console.note(
    `${counted(steps, 'step')}, epoch ${epoch}` +
      (validation ? `, mel error ${validation.mel.toFixed(4)} on held-out clips` : ''),
  );
  if (ndjson) await console.result(JSON.stringify({ kind: 'result', ...result }));
  else if (console.json) await console.result(JSON.stringify(result));
  else if (checkpoint) await console.result(checkpoint.generator);
}

function clipsAtATime(text: string): number | 'auto' {
  return text === 'auto' ? text : wholeNumber(1)(text);
}
