import { type IntervalMethod, MOST_RESAMPLES } from '@hifigan/metrics';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Context } from '../context.js';
import { CONFIG_ARGUMENT } from '../files/load-config.js';
import {
  addBackendOptions,
  addForceOption,
  addRefineOptions,
  listOf,
  oneOf,
  type RefineOptions,
  wholeNumber,
} from '../options.js';
import { table } from '../terminal/format.js';
import { allMeasures, DIRECTIONS, titleOf, USUAL_MEASURES } from './measures.js';
import type { SystemOptions } from './systems.js';

export interface EvalOptions extends SystemOptions, RefineOptions {
  readonly out?: string;
  readonly config?: string;
  readonly measures: readonly string[];
  readonly sort?: string;
  readonly only?: string;
  readonly keep?: string;
  readonly clips: number;
  readonly interval: IntervalMethod;
  readonly confidence: number;
  readonly resamples: number;
  readonly seed: number;
  readonly ndjson?: boolean;
  readonly backend: string;
  readonly threads?: number;
  readonly workers?: number;
  readonly force?: boolean;
}

const NAMES = allMeasures.map(({ name }) => name);

const NOTES = `
Measures:
${table(allMeasures.map((one) => [`  ${one.name}`, `${titleOf(one)}; ${DIRECTIONS[one.better]} is better`]))}

Files are paired by their paths below REF and GEN, as they are, else without their endings; a list has one path a line,
or path|name. Both are resampled to the rate of the configuration, mixed to one channel, and cut to the shorter; they must begin together.
Of what was generated more than 0.1 s may not be missing at the end: that counts as silence.
Each mean has a bootstrap confidence interval over the files; systems are compared file by file with the first.

  hifigan eval recordings speech
  hifigan eval recordings --system before=out/1 --system after=out/2 -o eval.html
  hifigan eval data/wavs --only data/validation.txt --model runs/mine:best --model runs/mine --griffin-lim`;

/** Adds all options of `eval`. */
export function addEvalOptions(command: Command, context: Context): Command {
  const several = (text: string, before: readonly string[] = []) => [...before, text];
  command
    .option('--system <name=path>', 'a further folder, list or file, by a name', several)
    .option(
      '--model <model>',
      "has this model speak the references' mels: what synth takes as --checkpoint, or NAME=MODEL; may be given several times",
      several,
    )
    .option('--voice', 'has the packaged voice speak them')
    .option(
      '--griffin-lim [iterations]',
      'has Griffin-Lim speak them, with 60 iterations where none are named',
      wholeNumber(0),
    )
    .option(
      '--mel-limit',
      "what the mel itself loses: its magnitudes with the references' own phases",
    )
    .addOption(
      new Option(
        '-c, --config <config>',
        `${CONFIG_ARGUMENT}; its rate and mels are those of the comparison (default: those of the first model, else v1)`,
      ).env('HIFIGAN_CONFIG'),
    )
    .addOption(
      new Option('--measures <names>', 'of those below, with commas between them, or all')
        .default(USUAL_MEASURES, USUAL_MEASURES.join(', '))
        .argParser((text) => (text === 'all' ? NAMES : listOf(oneOf(...NAMES))(text))),
    )
    .addOption(
      new Option('--sort <measure>', 'what makes a file the worst (default: the first measure)') //
        .argParser(oneOf(...NAMES)),
    )
    .option('--only <list>', 'of the references those that this list names (id or id|text a line)')
    .option('-o, --out <page>', 'one HTML page with sound and spectrograms; - is stdout')
    .option(
      '--clips <count>',
      'files that are heard in the page, the worst that have sound',
      wholeNumber(0),
      5,
    )
    .option('--keep <folder>', 'keeps what is made of the references, as float32 WAV')
    .option(
      '--confidence <share>',
      'of the intervals',
      (text) => {
        const value = Number(text);
        if (!(value > 0 && value < 1)) {
          throw new InvalidArgumentError('It must be a number between 0 and 1, such as 0.95.');
        }
        return value;
      },
      0.95,
    )
    .addOption(
      new Option('--interval <method>', 'bca (bias-corrected and accelerated) or percentile')
        .default('bca')
        .argParser(oneOf('bca', 'percentile')),
    )
    .option('--resamples <count>', 'draws of the bootstrap', wholeNumber(100, MOST_RESAMPLES), 2000)
    .option('--seed <number>', 'of these draws', wholeNumber(0), 0)
    .option(
      '--ndjson',
      'an object a line on stdout: each file when it is measured, the result last',
    )
    .option(
      '--workers <count>',
      'processes that share the files (default: one for each core where there are many files and no model speaks)',
      wholeNumber(1),
    )
    .addHelpText('after', NOTES);
  addRefineOptions(command, 'of --model and --voice: ');
  return addForceOption(addBackendOptions(command, context));
}
