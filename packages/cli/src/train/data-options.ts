import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DataOptions } from '@hifigan/train/node';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Context, pathOf } from '../context.js';
import { UsageError, UserError } from '../errors.js';

/** Names with underscores are those of the reference's trainer. */
export interface DataFlags {
  readonly mels?: string;
  readonly fine_tuning?: boolean;
  readonly input_mels_dir?: string;
  readonly cropContext?: boolean;
}

/** Where the reference looks for mels when nobody says where they are. */
const REFERENCE_MELS = 'ft_dataset';

/** Options of `train` that say where batches come from. */
export function addDataOptions(command: Command): Command {
  return command
    .option(
      '--mels <folder>',
      'fine-tune on mels that another model made of the recordings, id.npy each (default: mels/ of a data set that prepare --finetune made)',
    )
    .option(
      '--crop-context',
      'the frames at a crop’s edges see the audio beside it, as in synthesis (default: mirrored, as the reference has it)',
    )
    .addOption(new Option('--no-crop-context').hideHelp())
    .addOption(
      new Option('--fine_tuning <true|false>', 'as the reference calls it: with --input_mels_dir')
        .argParser(truth)
        .hideHelp(),
    )
    .addOption(new Option('--input_mels_dir <folder>').hideHelp());
}

/**
 * What the options say of the data.
 *
 * @param data the data set, as the user typed it
 * @throws UsageError where they contradict each other, UserError where there are no mels
 */
export function dataFrom(
  context: Context,
  data: string | undefined,
  flags: DataFlags,
): DataOptions {
  const mels = melsFrom(context, data, flags);
  return {
    ...(mels !== undefined && { mels }),
    ...(flags.cropContext !== undefined && { cropContext: flags.cropContext }),
  };
}

function melsFrom(
  context: Context,
  data: string | undefined,
  flags: DataFlags,
): string | false | undefined {
  const { console } = context;
  const { fine_tuning: asked, input_mels_dir: reference } = flags;
  if (flags.mels !== undefined) {
    if (asked === false) {
      throw new UsageError(
        `--mels ${flags.mels}: must not go with --fine_tuning False, because training on them is fine-tuning; leave one of the two out`,
      );
    }
    return folderOf(context, flags.mels, '--mels');
  }
  if (asked === true) {
    if (reference !== undefined) return folderOf(context, reference, '--input_mels_dir');
    const own = data === undefined ? undefined : join(pathOf(context, data), 'mels');
    if (own !== undefined && isFolder(own)) return own;
    if (isFolder(pathOf(context, REFERENCE_MELS))) return pathOf(context, REFERENCE_MELS);
    throw new UsageError(
      `--fine_tuning True: must come with --input_mels_dir <folder>, because the mels lie there (there is no ${REFERENCE_MELS} here either, which the reference takes); or make a data set with: hifigan prepare --finetune MELS RECORDINGS -o DATA`,
    );
  }
  if (reference !== undefined) {
    console.warn(
      '--input_mels_dir is passed over: mels are read with --fine_tuning True (or --mels), else they are computed from the recordings',
    );
  }
  if (data === undefined) return asked;
  return melsOfDataSet(context, data, asked);
}

/** A data set that was made for fine-tuning is for that, unless told otherwise. */
function melsOfDataSet(
  context: Context,
  data: string,
  asked: boolean | undefined,
): string | false | undefined {
  const folder = join(pathOf(context, data), 'mels');
  if (asked === false || !isFolder(folder)) return asked === false ? false : undefined;
  if (isNoted(pathOf(context, data))) return folder;
  context.console.warn(
    `${join(data, 'mels')} is passed over, because no report.json says that its mels fit the recordings; to fine-tune on them: --mels ${join(data, 'mels')}`,
  );
  return undefined;
}

function isNoted(dataSet: string): boolean {
  const path = join(dataSet, 'report.json');
  if (!existsSync(path)) return false;
  try {
    const report: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof report === 'object' && report !== null && 'mels' in report;
  } catch {
    return false;
  }
}

function folderOf(context: Context, typed: string, option: string): string {
  const path = pathOf(context, typed);
  if (isFolder(path)) return path;
  throw new UserError(
    `${option} ${typed}: must be a folder, because the mels lie in it, id.npy for each recording; check the path`,
  );
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Unlike the reference, where any text is true. */
function truth(text: string): boolean {
  if (/^(true|1|yes)$/i.test(text)) return true;
  if (/^(false|0|no)$/i.test(text)) return false;
  throw new InvalidArgumentError('It must be True or False.');
}
