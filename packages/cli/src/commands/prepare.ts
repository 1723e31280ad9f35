import { extname } from 'node:path';
import { parseFileList } from '@hifigan/train/node';
import { type Command, Option } from 'commander';
import { type Context, pathOf } from '../context.js';
import { UsageError, UserError } from '../errors.js';
import { findFiles, foreignAudio, isRecording, RECORDING_KINDS } from '../files/find-files.js';
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
import { listedId } from '../prepare/identify.js';
import { overlaps, realPathOf, writeWholeFolder } from '../prepare/output-folder.js';
import { prepare } from '../prepare/prepare.js';
import {
  addSelectionOptions,
  type SelectionFlags,
  selectionFrom,
} from '../prepare/selection-options.js';
import { tellReport } from '../prepare/tell-report.js';

interface Options extends SelectionFlags, PairsFlags {
  readonly out: string;
  readonly config: string;
  readonly samplingRate?: number;
  readonly validationFraction?: number;
  readonly holdout?: string;
  readonly seed?: number;
  readonly force?: boolean;
}

/** `hifigan prepare DIR -o DATA`. */
export function registerPrepare(program: Command, context: Context): void {
  const command = addForceOption(
    addSelectionOptions(
      program
        .command('prepare')
        .description(
          'folder of recordings → mono WAV files at one rate, lists, and a report of what was refused',
        )
        .argument('<folder>', 'recordings (WAV, FLAC, MP3, Ogg), in folders of any depth')
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
        .option(
          '--holdout <file>',
          'ids (speakers with --split-by speaker), one a line, that are held out of training',
        )
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
    const selection = await selectionFrom(context, options);
    const isAudio = (name: string) => isRecording(name) || foreignAudio.includes(extname(name));
    const { files, folders, leftOut } = await findFiles(context, [folder], isAudio, { once: true });
    for (const real of [...folders, ...files.flatMap((file) => file.real ?? [])]) apart(real);
    tellLeftOut(context, leftOut);
    if (files.length === 0) {
      throw new UserError(
        `${folder}: has no recordings; give a folder with ${RECORDING_KINDS} files (other formats: ffmpeg -i IN -c:a pcm_s16le OUT.wav)`,
      );
    }
    const mels = await findMels(context, options);
    for (const real of mels?.folders ?? []) apart(real);
    const held = {
      fraction: options.validationFraction ?? (options.holdout ? 0 : 0.05),
      ...{ holdout, seed: options.seed ?? config.seed },
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
              ...{ folder: draft, config, correct: options.correct === true },
              ...{ shortest: options.minSeconds, speakerOf: selection.speakerOf, ...held },
              holdoutFile: options.holdout,
            })
          : prepare(context, {
              files,
              leftOut,
              folder: draft,
              samplingRate: options.samplingRate ?? config.sampling_rate,
              shortest: options.minSeconds,
              ...selection,
              ...held,
              holdoutFile: options.holdout,
            }),
    );
    tellReport(context, report, options.out);
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
    return new Set(parseFileList(text, typed).map(listedId));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError(`${typed}: has no ids; write one a line`, { cause: error });
  }
}
