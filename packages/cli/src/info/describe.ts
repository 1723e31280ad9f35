import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { PYTORCH_ADVICE, readSafetensors, recognizeFile } from '@hifigan/checkpoint';
import { presets, readConfig } from '@hifigan/config';
import { bundleFileNames, readCard, type VoiceCard } from '@hifigan/vocoder';
import { type Context, pathOf } from '../context.js';
import { REASONS, UserError } from '../errors.js';
import { readInput } from '../files/read-input.js';
import { readRecording } from '../files/read-recording.js';
import { exists } from '../files/write-atomic.js';
import { locateCheckpoint, stepsOf } from '../model/locate-checkpoint.js';
import { misfitOf } from '../model/misfit.js';
import { parameterCount } from '../model/parameter-count.js';
import type { PrepareReport } from '../prepare/prepare.js';
import { byteSize, counted, duration } from '../terminal/format.js';
import { describeArray } from './describe-array.js';
import { describeLog } from './describe-log.js';
import { describeWeights } from './describe-weights.js';

/** What a file or folder is: its kind, and facts by name, in the order in which they are shown. */
export interface Description {
  readonly kind: string;
  readonly facts: Readonly<Record<string, unknown>>;
  /** The same for people; names as in `facts`. */
  readonly shown: readonly (readonly [string, string])[];
}

/** @throws UserError where it is nothing that we know, ConfigError, FormatError or WavError where it is broken */
export async function describe(context: Context, typed: string): Promise<Description> {
  const about =
    typed === '-'
      ? undefined
      : await stat(pathOf(context, typed)).catch((error: NodeJS.ErrnoException) => {
          throw new UserError(
            `${typed}: cannot be read: ${REASONS[error.code ?? ''] ?? error.message}`,
          );
        });
  if (about?.isDirectory()) return describeFolder(context, typed);
  const bytes = await readInput(context, typed);
  const found = recognizeFile(bytes);
  if (found?.kind === 'wav') return describeRecording(bytes, typed);
  if (found?.kind === 'npy') return describeArray(bytes, typed);
  if (found?.kind === 'pytorch') {
    return {
      kind: 'torch checkpoint',
      facts: { bytes: bytes.length },
      shown: [
        ['size', byteSize(bytes.length)],
        ['note', PYTORCH_ADVICE],
      ],
    };
  }
  // What is cut off or damaged may be known by its name alone.
  if (found?.kind === 'safetensors' || extname(typed) === '.safetensors') {
    return describeWeightsFile(context, bytes, typed);
  }
  if (extname(typed) === '.ndjson') return describeLog(new TextDecoder().decode(bytes), typed);
  const text = new TextDecoder().decode(bytes.subarray(0, 1_000_000));
  if (extname(typed) === '.json' || /^\s*\{/.test(text)) return describeJson(text, typed);
  throw new UserError(
    `${typed}: ${found ? `it is ${found.description}, and ` : ''}neither a WAV file, a .npy mel, a safetensors checkpoint nor a configuration; check the path`,
  );
}

/** Weights in a file; where a configuration lies beside a generator, whether they belong together. */
async function describeWeightsFile(
  context: Context,
  bytes: Uint8Array,
  typed: string,
): Promise<Description> {
  const { arrays, metadata } = readSafetensors(bytes, typed);
  const { facts, shown } = describeWeights(arrays, metadata, basename(typed));
  const beside = join(dirname(typed), bundleFileNames.config);
  const misfit =
    facts.network === 'generator' && typed !== '-' && (await exists(pathOf(context, beside)))
      ? await misfitOf(
          readConfig(new TextDecoder().decode(await readInput(context, beside)), beside).config,
          arrays,
        )
      : undefined;
  return {
    kind: 'weights',
    facts: { ...facts, ...(misfit && { misfit }) },
    shown: [
      ...shown,
      ['size', byteSize(bytes.length)],
      ...(misfit ? [['does not fit', `${beside}: ${misfit}`] as const] : []),
    ],
  };
}

/** JSON that is ours, by its keys; else it is taken for a configuration, whose problems are told. */
function describeJson(text: string, where: string): Description {
  const value = parsed(text);
  if (isReport(value)) return describeReport(value);
  if (isCard(value)) {
    return { kind: 'card of a bundle', facts: value, shown: cardRows(readCard(text, where)) };
  }
  return describeConfig(text, where);
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function isReport(value: object): value is PrepareReport {
  return ['training', 'validation', 'accepted', 'refused'].every((key) => key in value);
}

/** Its name is all that a card must have; a configuration may have one as well. */
function isCard(value: Readonly<Record<string, unknown>>): boolean {
  const own = ['description', 'licence', 'data', 'steps', 'parameters', 'precision'];
  return (
    typeof value.name === 'string' &&
    own.some((key) => key in value) &&
    !('upsample_rates' in value || 'resblock' in value)
  );
}

function cardRows(card: VoiceCard): (readonly [string, string])[] {
  return Object.entries(card).map(
    ([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)] as const,
  );
}

function describeConfig(text: string, where: string): Description {
  const { config, unknownKeys, defaultedKeys } = readConfig(text, where);
  const shape = (name: 'v1' | 'v2' | 'v3') =>
    (
      [
        'resblock',
        'upsample_rates',
        'upsample_kernel_sizes',
        'upsample_initial_channel',
        'resblock_kernel_sizes',
        'resblock_dilation_sizes',
      ] as const
    ).every((key) => JSON.stringify(config[key]) === JSON.stringify(presets[name][key]));
  const preset = (['v1', 'v2', 'v3'] as const).find(shape);
  const parameters = parameterCount(config);
  const { sampling_rate, hop_size, num_mels, n_fft, win_size, fmin, fmax } = config;
  return {
    kind: 'configuration',
    facts: { preset, parameters, sampling_rate, hop_size, num_mels, unknownKeys, defaultedKeys },
    shown: [
      [
        'generator',
        `${preset ? `the shape of ${preset.toUpperCase()}` : 'a shape of its own'}, ${parameters.toLocaleString('en')} weights`,
      ],
      ['upsampling', `${config.upsample_rates.join(' × ')} = ${hop_size} samples a frame`],
      ['audio', `${sampling_rate} Hz, ${(sampling_rate / hop_size).toFixed(1)} frames a second`],
      [
        'mel',
        `${num_mels} bands from ${fmin} to ${fmax ?? sampling_rate / 2} Hz, n_fft ${n_fft}, window ${win_size}`,
      ],
      [
        'training',
        `segments of ${config.segment_size}, batches of ${config.batch_size}, learning rate ${config.learning_rate} × ${config.lr_decay} an epoch`,
      ],
      ...(unknownKeys.length > 0 ? [['unknown', unknownKeys.join(', ')] as const] : []),
      ...(defaultedKeys.length > 0 ? [['from V1', defaultedKeys.join(', ')] as const] : []),
    ],
  };
}

async function describeFolder(context: Context, typed: string): Promise<Description> {
  const names = await readdir(pathOf(context, typed));
  if (!names.includes('report.json') || !names.includes('wavs'))
    return describeModel(context, typed);
  const bytes = await readInput(context, join(typed, 'report.json'));
  return describeReport(JSON.parse(new TextDecoder().decode(bytes)));
}

function describeReport(report: PrepareReport): Description {
  const { sampling_rate, seed, training, validation, refused, left_out: leftOut = [] } = report;
  const part = ({ recordings, seconds }: PrepareReport['training']) =>
    `${counted(recordings, 'recording')}, ${duration(seconds)}`;
  return {
    kind: 'data set',
    facts: {
      sampling_rate,
      seed,
      training,
      validation,
      refused: refused.length,
      leftOut: leftOut.length,
    },
    shown: [
      ['rate', `${sampling_rate} Hz`],
      ['training', part(training)],
      ['validation', part(validation)],
      ['refused', counted(refused.length, 'file')],
      ...(leftOut.length > 0
        ? [['left out', `${counted(leftOut.length, 'link')}, see report.json`] as const]
        : []),
    ],
  };
}

async function describeModel(context: Context, typed: string): Promise<Description> {
  const located = await locateCheckpoint(context, typed);
  const weights = readSafetensors(
    await readInput(context, located.weights, located.shown),
    located.shown,
  );
  const text = new TextDecoder().decode(await readInput(context, located.config));
  const config = describeConfig(text, located.config);
  const misfit = await misfitOf(readConfig(text, located.config).config, weights.arrays);
  const { facts, shown } = describeWeights(
    weights.arrays,
    weights.metadata,
    basename(located.weights),
  );
  const card =
    located.card &&
    readCard(new TextDecoder().decode(await readInput(context, located.card)), located.card);
  const bundle = located.weights === join(pathOf(context, typed), bundleFileNames.generator);
  return {
    kind: bundle ? 'bundle' : 'training run',
    facts: {
      checkpoint: located.shown,
      steps: stepsOf(located, weights.metadata),
      card,
      weights: facts,
      config: config.facts,
      ...(misfit && { misfit }),
    },
    shown: [
      ...(bundle ? [] : [['latest', `${located.shown}`] as const]),
      ...(card ? cardRows(card) : []),
      ...shown,
      ...config.shown,
      ...(misfit ? [['does not fit', misfit] as const] : []),
    ],
  };
}

function describeRecording(bytes: Uint8Array, where: string): Description {
  const { samplingRate, channels, format } = readRecording(bytes, where);
  const samples = channels[0].length;
  let loudest = 0;
  let squares = 0;
  for (const channel of channels) {
    for (const value of channel) {
      loudest = Math.max(loudest, Math.abs(value));
      squares += value * value;
    }
  }
  const decibel = (amplitude: number) =>
    amplitude > 0 ? `${(20 * Math.log10(amplitude)).toFixed(1)} dB` : 'silence';
  const rms = Math.sqrt(squares / Math.max(1, samples * channels.length));
  return {
    kind: 'recording',
    facts: {
      samplingRate,
      channels: channels.length,
      format,
      samples,
      seconds: samples / samplingRate,
      peak: loudest,
      rms,
    },
    shown: [
      ['length', `${duration(samples / samplingRate)}, ${counted(samples, 'sample')}`],
      ['rate', `${samplingRate} Hz`],
      ['channels', String(channels.length)],
      ['format', format],
      ['peak', decibel(loudest)],
      ['loudness', `${decibel(rms)} (root mean square)`],
    ],
  };
}
