import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { CONFIG_ARGUMENT } from '../files/load-config.js';
import { addProfileOptions, type ProfileOptions } from '../mel-doctor/profile-options.js';
import {
  addBackendOptions,
  addForceOption,
  addRefineOptions,
  numberBetween,
  oneOf,
  type RefineOptions,
  wholeNumber,
} from '../options.js';
import { type FinishOptions, needsWhole } from './finish-sound.js';
import type { InputFormat } from './open-mel.js';
import { type Shard, shardOption } from './shard.js';
import { extensionOf, type SoundFormat, soundFormats } from './sound-encoder.js';

/** What decides how a mel is spoken: plain data, so that it can be handed to another process. */
export interface SpeakOptions extends ProfileOptions, FinishOptions, RefineOptions {
  readonly checkpoint?: string;
  readonly config?: string;
  readonly backend: string;
  readonly threads?: number;
  /** Speak the golden mel of the bundle first, and nothing where another sound comes of it than must. */
  readonly verify?: boolean;
  readonly inputFormat: InputFormat;
  /** By the name of the output where left out. */
  readonly format?: SoundFormat;
  readonly dither?: boolean;
  /** Hz; the model's where left out. */
  readonly samplingRate?: number;
  readonly denoise?: number;
  readonly chunkFrames?: number;
  /** Small pieces, for whoever listens. */
  readonly stream?: boolean;
  /** Write over files, those too that come while it works. */
  readonly force?: boolean;
}

export interface SynthOptions extends SpeakOptions {
  readonly out: string;
  readonly list?: string;
  readonly resume?: boolean;
  readonly shard?: Shard;
  readonly workers: number;
}

const NOTES = `
stdin: a .npy (or several, one after the other), a recording, or frames without a header: float32, little-endian, the
values of one frame after the other. Speech is written while it is made, so that
  my-model | hifigan synth - -o - --refine 1 | aplay
is heard before my-model has ended (each round of refinement waits for four more frames, and so do integrated phases). --loudness and --peak must know the whole first.

--list: one path a line, or path|out, out below --out; blank lines and those that begin with # are left out (./#a.npy is a
file). --resume makes what is missing and skips what is whole and newer than
its input; what else is in the way fails, and is made anew with --resume --force alone.
--shard 2/5 does the second of five parts, as do the ranks of mpirun and srun by themselves.`;

/** Adds all options of `synth`. */
export function addSynthOptions(command: Command, context: Context): Command {
  command
    .requiredOption(
      '-o, --out <path>',
      'file.wav (or .flac) for one input, else a folder; - is stdout',
    )
    .option('--list <file>', 'further inputs: one path a line, or path|out; - is stdin')
    .addOption(
      new Option(
        '--checkpoint <path>',
        'bundle folder; training run (its latest, averaged weights first; RUN:best is the best in validation); .safetensors, a PyTorch file (g_…, .pth, .ckpt), or a .npz, with its configuration beside it or in --config; folder or weights of transformers, ParallelWaveGAN, ESPnet, Coqui TTS or NeMo (.nemo too); what export wrote (.onnx, or the folder of a SavedModel); without it the packaged voice',
      ).env('HIFIGAN_CHECKPOINT'),
    )
    .option(
      '-c, --config <config>',
      `${CONFIG_ARGUMENT}; instead of the config.json beside the checkpoint`,
    )
    .option(
      '--verify',
      'speak the golden mel of the bundle first, and fail where another sound comes of it than must: half a second of speech more',
    )
    .addOption(
      new Option(
        '--input-format <format>',
        'of the inputs: auto (by their bytes), npy, or f32 (frames without a header)',
      )
        .default('auto')
        .argParser(oneOf('auto', 'npy', 'f32')),
    )
    .addOption(
      new Option(
        '--format <format>',
        `of the samples: ${soundFormats.join(', ')} (default: by the name of --out, else pcm16)`,
      )
        .env('HIFIGAN_FORMAT')
        .argParser(oneOf(...soundFormats)),
    )
    .option('--sampling-rate <hz>', "resample to this rate (default: the model's)", samplingRate)
    .option(
      '--denoise <strength>',
      'take off what the model makes of nothing, a hum: 0 to 1; 0.01 to 0.1 are usual',
      numberBetween(0, 1),
    )
    .option(
      '--loudness <lufs>',
      'make each file as loud as this (ITU-R BS.1770), such as -23',
      numberBetween(-70, 0),
    )
    .option(
      '--peak <dbfs>',
      'make the loudest sample of each file as loud as this, such as -1; with --loudness no louder than this',
      numberBetween(-100, 0),
    )
    .option('--dither', 'add noise of the last bit, so that quiet sound fades without distortion')
    .option(
      '--chunk-frames <count>',
      'mel frames computed at once: less memory, a little slower',
      wholeNumber(1),
    )
    .option('--stream', 'small pieces, to be heard soon; always so from stdin to stdout')
    .option('--workers <count>', 'processes that share the files', wholeNumber(1), 1)
    .addOption(shardOption())
    .option(
      '--resume',
      'make the results that are missing, and write over none; with --force also those that are old or broken',
    );
  command.addHelpText('after', NOTES);
  return addForceOption(addBackendOptions(addProfileOptions(addRefineOptions(command)), context));
}

const samplingRate = (text: string): number => {
  const rate = wholeNumber(1000)(text);
  return numberBetween(1000, 655_350)(String(rate));
};

/**
 * How samples are stored: as was asked for, else by the name of the output.
 *
 * @throws UsageError where the name says something else
 */
export function formatOf({ out, format }: Pick<SynthOptions, 'out' | 'format'>): SoundFormat {
  const isFlac = extname(out).toLowerCase() === '.flac';
  if (format === undefined) return isFlac ? 'flac' : 'pcm16';
  if (isFlac && extensionOf(format) === '.wav') {
    throw new UsageError(
      `--out ${out}: must end in .wav, because --format ${format} is stored as WAV; rename it, or leave --format away`,
    );
  }
  return format;
}

/**
 * @param inputs as they were typed
 * @throws UsageError where options do not go together
 */
export function checkSynthOptions(options: SynthOptions, inputs: readonly string[]): void {
  const { out, stream, dither, format, resume, workers, config } = options;
  const not = (one: string, other: string, why: string) => {
    throw new UsageError(
      `${one}: does not go with ${other}, because ${why}; leave one of them out`,
    );
  };
  if (stream && needsWhole(options)) {
    not(
      '--stream',
      options.loudness === undefined ? '--peak' : '--loudness',
      'that must know the whole before the first sample',
    );
  }
  if (dither && format === 'float32') {
    not('--dither', '--format float32', 'nothing is rounded there');
  }
  if (resume && out === '-') not('--resume', '--out -', 'stdout keeps nothing');
  if (options.shard && out === '-') {
    not('--shard', '--out -', 'each part would write the same one result');
  }
  if (workers > 1) {
    const read = 'stdin can be read by one process alone';
    if (config === '-') not('--workers', '--config -', read);
    if (inputs.includes('-')) not('--workers', 'the input -', read);
    if (out === '-')
      not('--workers', '--out -', 'stdout takes one result, which is the work of one process');
  }
}
