import { extname } from 'node:path';
import { parseFileList } from '@hifigan/train/node';
import { type Command, Option } from 'commander';
import { type Context, pathOf } from '../context.js';
import { UsageError, UserError } from '../errors.js';
import { findFiles, foreignAudio } from '../files/find-files.js';
import { CONFIG_ARGUMENT, loadConfig } from '../files/load-config.js';
import { readInput } from '../files/read-input.js';
import { tellLeftOut } from '../files/tell-left-out.js';
import {
  addPairsOptions,
  findMels,
  type PairsFlags,
  tellPairs,
} from '../finetune/pairs-options.js';
import { isPairsReport, preparePairs } from '../finetune/prepare-pairs.js';
import { addForceOption, numberBetween, wholeNumber } from '../options.js';
import { overlaps, realPathOf, writeWholeFolder } from '../prepare/output-folder.js';
import { type PrepareReport, prepare } from '../prepare/prepare.js';
import { counted, duration, table } from '../terminal/format.js';

interface Options extends PairsFlags {
  readonly out: string;
  readonly config: string;
  readonly samplingRate?: number;
  readonly validationFraction?: number;
  readonly holdout?: string;
  readonly minSeconds: number;
  readonly seed?: number;
  readonly force?: boolean;
}

/** `hifigan prepare DIR -o DATA`. */
export function registerPrepare(program: Command, context: Context): void {
  const command = addForceOption(
    program
      .command('prepare')
      .description(
        'folder of recordings → mono WAV files at one rate, lists, and a report of what was refused',
      )
      .argument('<folder>', 'WAV files, in folders of any depth')
      .requiredOption('-o, --out <folder>', 'data set to make')
      .addOption(
        new Option('-c, --config <config>', `${CONFIG_ARGUMENT}; for its sampling rate and seed`)
          .default('v1')
          .env('HIFIGAN_CONFIG'),
      )
      .option('--sampling-rate <hz>', 'instead of the configuration’s', wholeNumber(1000))
      .option(
        '--validation-fraction <share>',
        'share that is held out of training (default: 0.05, or 0 with --holdout)',
        numberBetween(0, 0.9),
      )
      .option('--holdout <file>', 'ids, one a line, that are held out of training')
      .option(
        '--min-seconds <seconds>',
        'shorter recordings are refused',
        numberBetween(0, 3600),
        0.3,
      )
      .option(
        '--seed <number>',
        'of the drawn split, instead of the configuration’s',
        wholeNumber(0),
      ),
  );
  addPairsOptions(command).action(async (folder: string, options: Options) => {
    const { console } = context;
    const source = pathOf(context, folder);
    const target = pathOf(context, options.out);
    const realTarget = await realPathOf(target);
    const apart = (from: string) => {
      if (!overlaps(from, target) && !overlaps(from, realTarget)) return;
      const real = from === source ? '' : ` (and ${from}, where a link in it leads)`;
      throw new UsageError(
        `--out ${options.out}: must lie outside ${folder}${real}, because recordings are never written among their sources; choose another folder`,
      );
    };
    apart(source);
    const config = await loadConfig(context, options.config);
    const holdout = await readIds(context, options.holdout);
    const isAudio = (name: string) => ['.wav', ...foreignAudio].includes(extname(name));
    const { files, folders, leftOut } = await findFiles(context, [folder], isAudio, { once: true });
    for (const real of [...folders, ...files.flatMap((file) => file.real ?? [])]) apart(real);
    tellLeftOut(context, leftOut);
    if (files.length === 0) {
      throw new UserError(
        `${folder}: has no recordings; give a folder with .wav files (other formats: ffmpeg -i IN -c:a pcm_s16le OUT.wav)`,
      );
    }
    const mels = await findMels(context, options);
    for (const real of mels?.folders ?? []) apart(real);
    const split = {
      shortest: options.minSeconds,
      fraction: options.validationFraction ?? (options.holdout ? 0 : 0.05),
      holdout,
      seed: options.seed ?? config.seed,
    };
    const report = await writeWholeFolder(
      {
        ...{ target, shown: options.out, force: options.force === true, mark: 'report.json' },
        warn: (text) => console.warn(text),
      },
      (draft) =>
        mels
          ? preparePairs(context, {
              ...{ recordings: files, mels: mels.files, leftOut: [...leftOut, ...mels.leftOut] },
              ...{ folder: draft, config, correct: options.correct === true, ...split },
            })
          : prepare(context, {
              ...{ files, leftOut, folder: draft, holdoutFile: options.holdout, ...split },
              samplingRate: options.samplingRate ?? config.sampling_rate,
            }),
    );
    tell(context, report);
    if (isPairsReport(report)) tellPairs(context, report);
    await console.result(
      console.json ? JSON.stringify({ out: options.out, ...report }) : options.out,
    );
  });
}

/** A file list as `train` reads it, so that lists of recordings do as well. */
async function readIds(context: Context, typed: string | undefined): Promise<ReadonlySet<string>> {
  if (typed === undefined) return new Set();
  const text = new TextDecoder().decode(await readInput(context, typed));
  try {
    return new Set(parseFileList(text, typed));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError(`${typed}: has no ids; write one a line`, { cause: error });
  }
}

function tell({ console }: Context, report: PrepareReport): void {
  const { training, validation, accepted, refused, sampling_rate } = report;
  const part = ({ recordings, seconds }: PrepareReport['training']) =>
    `${counted(recordings, 'recording')}, ${duration(seconds)}`;
  console.note(
    table([
      ['training', part(training)],
      ['validation', part(validation)],
      [
        'refused',
        refused.length > 0 ? `${counted(refused.length, 'file')}, see report.json` : 'none',
      ],
    ]),
  );
  for (const { file, reason } of refused.slice(0, 5)) console.note(`  ${file}: ${reason}`);
  const lower = accepted.filter((recording) => recording.sampling_rate < sampling_rate);
  if (lower.length > 0) {
    const rate = Math.min(...lower.map((recording) => recording.sampling_rate));
    console.warn(
      `${counted(lower.length, 'recording')} had a lower rate than ${sampling_rate} Hz (from ${rate} Hz): nothing can be ` +
        `learned above ${rate / 2} Hz; a configuration with that sampling rate may fit better`,
    );
  }
  const mixed = accepted.filter(({ channels }) => channels > 1).length;
  if (mixed > 0) {
    console.warn(`${counted(mixed, 'recording')} had several channels, which were mixed into one`);
  }
  const loud = accepted.filter(({ scaled }) => scaled !== undefined).length;
  if (loud > 0) {
    console.warn(`${counted(loud, 'recording')} went beyond full scale and became quieter`);
  }
  if (validation.recordings === 0) {
    console.warn(
      'validation.txt is empty: training cannot be measured; see --validation-fraction and --holdout',
    );
  }
}
