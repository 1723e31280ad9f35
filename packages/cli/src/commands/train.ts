import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, type HifiGanConfig, readConfig } from '@hifigan/config';
import { probeFolder, type RunResult, runTraining } from '@hifigan/train/node';
import { type Command, Option } from 'commander';
import { activateBackend } from '../backends/activate.js';
import { type Context, pathOf } from '../context.js';
import { Interrupted, UsageError, UserError } from '../errors.js';
import { CONFIG_ARGUMENT, loadConfig } from '../files/load-config.js';
import { refuseForeignWeights } from '../files/refuse-foreign.js';
import { addBackendOptions, numberBetween, wholeNumber } from '../options.js';
import { counted } from '../terminal/format.js';
import { joinRanks } from '../train/open-ranks.js';
import { tellPlan } from '../train-plan/tell-plan.js';
import { createTrainReporter } from './train-reporter.js';

/** Names with underscores are those of the reference's trainer. */
interface Options {
  readonly config?: string;
  readonly set: readonly string[];
  readonly out?: string;
  readonly checkpoint_path?: string;
  readonly input_wavs_dir?: string;
  readonly input_training_file?: string;
  readonly input_validation_file?: string;
  readonly fine_tuning?: string;
  readonly group_name?: string;
  readonly input_mels_dir?: string;
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

/** The reference's options that change nothing here, and why. */
const IGNORED = [
  ['group_name', 'the reference’s trainer does not use it either'],
  ['input_mels_dir', 'mels are computed from the recordings'],
] as const;

/** `hifigan train DATA --config C --out RUN`. */
export function registerTrain(
  program: Command,
  context: Context,
  setExitCode: (code: number) => void,
): void {
  const whole = wholeNumber(0);
  const command = program
    .command('train')
    .description('train a vocoder; goes on by itself with what lies in the folder of the run')
    .argument('[data]', 'data set that `prepare` made: wavs/, training.txt, validation.txt')
    .addOption(
      new Option(
        '-c, --config <config>',
        `${CONFIG_ARGUMENT} (default: config.json of the run, else v1)`,
      ).env('HIFIGAN_CONFIG'),
    )
    .option('--set <key=value>', 'change a key of the configuration', collect, [])
    .option('-o, --out <folder>', 'folder of the run: checkpoints, config.json, log.ndjson')
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
    .option('--init-from <file>', 'begin with the weights of this generator (safetensors)')
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
    .addOption(new Option('--fine_tuning <true|false>').hideHelp())
    .addOption(new Option('--group_name <name>').hideHelp())
    .addOption(new Option('--input_mels_dir <folder>').hideHelp());
  command.addHelpText(
    'after',
    '\nCtrl-C (or a closed terminal) finishes the step and saves. It is heard when the step ends, which is said; a second\nCtrl-C after that ends now, without saving.',
  );
  addBackendOptions(command, context).action(async (data: string | undefined, options: Options) => {
    const { console } = context;
    for (const [name, why] of IGNORED) {
      if (options[name] !== undefined) console.warn(`--${name} is passed over: ${why}`);
    }
    if (options.fine_tuning !== undefined && /^true$/i.test(options.fine_tuning)) {
      throw new UsageError(
        '--fine_tuning True: must be False, because mels from files are not read yet; begin from trained weights with --init-from',
      );
    }
    const out = options.out ?? options.checkpoint_path;
    if (out === undefined) throw new UsageError('--out <folder>: must be given, for checkpoints');
    const inData = (given: string | undefined, name: string, option: string): string => {
      if (given !== undefined) return pathOf(context, given);
      if (data !== undefined) return join(pathOf(context, data), name);
      throw new UsageError(`${option}: must be given, or the folder of a data set`);
    };
    const folder = pathOf(context, out);
    probeFolder(folder, out);
    if (data !== undefined) checkDataSet(context, data, options);
    const wavs = inData(options.input_wavs_dir, 'wavs', '--input_wavs_dir');
    const trainingFile = inData(
      options.input_training_file,
      'training.txt',
      '--input_training_file',
    );
    if (options.input_wavs_dir !== undefined && !isFolder(wavs)) {
      throw new UserError(
        `--input_wavs_dir ${options.input_wavs_dir}: must be a folder, because the recordings lie in it; check the path`,
      );
    }
    const validationFile = validationList(context, data, options);
    const config = await configFor(context, folder, options);
    const initFrom = options.initFrom && pathOf(context, options.initFrom);
    if (initFrom) await refuseForeignWeights(initFrom, options.initFrom ?? '');

    const { ranks, threads } = await joinRanks(context, config);
    const backend = await activateBackend(context, {
      ...options,
      threads: options.threads ?? threads,
    });
    const device = (await backend.device?.()) ?? backend.description;
    console.note(`trains on ${backend.name}: ${device}`);
    if (options.dryRun) {
      if (ranks?.leads === false) return;
      await tellPlan(context, backend, {
        ...{ config, wavs, trainingFile, validationFile },
        ...(data !== undefined && { dataSet: pathOf(context, data) }),
        adversarialStart: options.adversarialStart,
        microBatch: options.microBatch,
        epochs: options.training_epochs,
        maxSteps: options.maxSteps,
        maxMinutes: options.maxMinutes,
      });
      return;
    }
    const reporter = createTrainReporter(context);
    const result = await runTraining({
      config,
      out: folder,
      wavs,
      trainingFile,
      validationFile,
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
      ranks,
      reporter,
      signal: context.signal,
      now: () => context.now(),
    }).finally(() => reporter.end());
    if (ranks?.leads === false) {
      if (result.reason === 'interrupted') setExitCode(130);
      return;
    }
    await tell(context, result);
  });
}

async function tell({ console }: Context, result: RunResult): Promise<void> {
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
  if (console.json) await console.result(JSON.stringify(result));
  else if (checkpoint) await console.result(checkpoint.generator);
}

/** Checked first: messages about files in it would name what the user never typed. */
function checkDataSet(context: Context, data: string, options: Options): void {
  const folder = pathOf(context, data);
  const advice = `make a data set of a folder of recordings with: hifigan prepare RECORDINGS -o ${data}`;
  if (!existsSync(folder)) throw new UserError(`${data}: there is no such folder; ${advice}`);
  if (!isFolder(folder)) {
    throw new UserError(
      `${data}: is a file, where the folder of a data set is needed; a list goes to --input_training_file`,
    );
  }
  const missing = [
    ...(options.input_wavs_dir === undefined ? ['wavs'] : []),
    ...(options.input_training_file === undefined ? ['training.txt'] : []),
  ].filter((name) => !existsSync(join(folder, name)));
  if (missing.length > 0) {
    throw new UserError(
      `${data}: has no ${missing.join(' and no ')}, and so is no data set; make one with: hifigan prepare ${data} -o DATA`,
    );
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** The list that was named, else that of the data set, where it has one. */
function validationList(
  context: Context,
  data: string | undefined,
  options: Options,
): string | undefined {
  if (options.input_validation_file !== undefined) {
    return pathOf(context, options.input_validation_file);
  }
  if (data === undefined) return undefined;
  const path = join(pathOf(context, data), 'validation.txt');
  return existsSync(path) ? path : undefined;
}

async function configFor(
  context: Context,
  folder: string,
  { config, set }: Options,
): Promise<HifiGanConfig> {
  const own = join(folder, 'config.json');
  const read = await loadConfig(context, config ?? (existsSync(own) ? own : 'v1'));
  if (set.length === 0) return read;
  const changes = set.map((text) => {
    const at = text.indexOf('=');
    const key = text.slice(0, at);
    if (at < 1 || !Object.hasOwn(read, key)) {
      throw new UsageError(
        `--set ${text}: must be key=value with a key of the configuration, such as batch_size=8`,
      );
    }
    return [key, parseValue(text.slice(at + 1), read[key as keyof HifiGanConfig])];
  });
  try {
    return readConfig({ ...read, ...Object.fromEntries(changes) }, '--set').config;
  } catch (error) {
    throw error instanceof ConfigError ? new UsageError(error.message, { cause: error }) : error;
  }
}

/** JSON, or a text as it stands; always a text where there was one (resblock=1). */
function parseValue(text: string, before: unknown): unknown {
  if (typeof before === 'string') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function clipsAtATime(text: string): number | 'auto' {
  return text === 'auto' ? text : wholeNumber(1)(text);
}

function collect(text: string, before: readonly string[]): string[] {
  return [...before, text];
}
