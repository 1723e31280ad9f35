import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Context, pathOf } from '../context.js';
import { UserError } from '../errors.js';

/** The options that name files of a data set, as the reference's trainer calls them. */
export interface DataPathFlags {
  readonly input_wavs_dir?: string;
  readonly input_training_file?: string;
  readonly input_validation_file?: string;
}

/** Where the recordings and their lists lie. */
export interface DataPaths {
  readonly wavs: string;
  readonly trainingFile: string;
  readonly validationFile?: string;
}

/** The data set that the reference's trainer takes where none is named, in the working directory. */
export const USUAL_DATA = 'LJSpeech-1.1';

/**
 * Files that were named, else those of the data set, else those that the reference's trainer takes.
 *
 * @param data the folder of a data set that `prepare` made
 * @throws UserError where folders are missing, in the words of who typed them
 */
export function locateData(
  context: Context,
  data: string | undefined,
  options: DataPathFlags,
): DataPaths {
  if (data !== undefined) checkDataSet(context, data, options);
  else checkUsual(context, options);
  const inData = (given: string | undefined, name: string) =>
    given === undefined ? join(pathOf(context, data ?? USUAL_DATA), name) : pathOf(context, given);
  const wavs = inData(options.input_wavs_dir, 'wavs');
  if (options.input_wavs_dir !== undefined && !isFolder(wavs)) {
    throw new UserError(
      `--input_wavs_dir ${options.input_wavs_dir}: must be a folder, because the recordings lie in it; check the path`,
    );
  }
  const validationFile = inData(options.input_validation_file, 'validation.txt');
  const measures = options.input_validation_file !== undefined || existsSync(validationFile);
  return {
    wavs,
    trainingFile: inData(options.input_training_file, 'training.txt'),
    ...(measures && { validationFile }),
  };
}

/** Checked first: messages about files in it would name what the user never typed. */
function checkDataSet(context: Context, data: string, options: DataPathFlags): void {
  const folder = pathOf(context, data);
  const advice = `make a data set of a folder of recordings with: hifigan prepare RECORDINGS -o ${data}`;
  if (!existsSync(folder)) throw new UserError(`${data}: there is no such folder; ${advice}`);
  if (!isFolder(folder)) {
    throw new UserError(
      `${data}: is a file, where the folder of a data set is needed; a list goes to --input_training_file`,
    );
  }
  const missing = missingIn(folder, options);
  if (missing.length > 0) {
    throw new UserError(
      `${data}: has no ${missing.join(' and no ')}, and so is no data set; make one with: hifigan prepare ${data} -o DATA`,
    );
  }
}

/** Without a data set, what is not named must lie where the reference's trainer looks for it. */
function checkUsual(context: Context, options: DataPathFlags): void {
  const missing = missingIn(pathOf(context, USUAL_DATA), options);
  if (missing.length === 0) return;
  const flags = { wavs: '--input_wavs_dir', 'training.txt': '--input_training_file' };
  throw new UserError(
    `${missing.map((name) => `${USUAL_DATA}/${name}`).join(' and ')}: ${missing.length > 1 ? 'are' : 'is'} not there, where the reference’s trainer looks; name the folder of a data set (hifigan train DATA, see hifigan prepare), or ${missing.map((name) => flags[name]).join(' and ')}`,
  );
}

function missingIn(folder: string, options: DataPathFlags): ('wavs' | 'training.txt')[] {
  const needed = [
    ...(options.input_wavs_dir === undefined ? (['wavs'] as const) : []),
    ...(options.input_training_file === undefined ? (['training.txt'] as const) : []),
  ];
  return needed.filter((name) => !existsSync(join(folder, name)));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
