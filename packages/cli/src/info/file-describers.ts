import { basename, dirname, extname, join } from 'node:path';
import { type MelProfile, profileOfConfig, readMelProfile } from '@hifigan/audio';
import { recognizeAudio } from '@hifigan/codecs';
import type { HifiGanConfig } from '@hifigan/config';
import { bundleFileNames, readCard, readManifest } from '@hifigan/vocoder';
import { type Context, pathOf } from '../context.js';
import type { InputFile } from '../files/input-file.js';
import { readInput } from '../files/read-input.js';
import { exists } from '../files/write-atomic.js';
import { misfitOf } from '../model/misfit.js';
import { byteSize } from '../terminal/format.js';
import type { Description } from './describe.js';
import { describeArray } from './describe-array.js';
import { describeArrays } from './describe-arrays.js';
import { cardRows, isCard } from './describe-card.js';
import { describeConfig } from './describe-config.js';
import { describeOnnx } from './describe-exported.js';
import { describeForeignFile } from './describe-foreign.js';
import { describeInferred } from './describe-inferred.js';
import { describeLog } from './describe-log.js';
import { describeRecording } from './describe-recording.js';
import { describeReport, isReport } from './describe-report.js';
import { describeManifest, profileWords } from './describe-seal.js';
import { describeTorch } from './describe-torch.js';
import { describeWeights } from './describe-weights.js';
import { listWeights } from './list-weights.js';
import { nextOfModel, nextOfSpoilt } from './next-steps.js';
import { parsedObject } from './parsed-object.js';

/** More than two frames of MP3 have. */
const MP3_BYTES = 65_536;
/** Of text; JavaScript has no longer ones than 2²⁹ characters. */
const MOST_TEXT = 2 ** 28;

/**
 * What a file is, or undefined where it is something else. It reads as much as it needs.
 *
 * @throws FormatError, ConfigError or UserError where it is of the describer's kind and broken
 */
export type FileDescriber = (context: Context, file: InputFile) => Promise<Description | undefined>;

/** Asked in this order, the surest signs first; whoever knows another kind of file adds to it. */
export const fileDescribers: readonly FileDescriber[] = [
  async (_, { found, typed, bytes }) =>
    found?.kind === 'wav' || found?.kind === 'audio'
      ? describeRecording(await bytes(), typed)
      : undefined,
  describeArray,
  describeArrays,
  describeOnnx,
  describeForeignFile,
  describeTorch,
  describeWeightsFile,
  async (_, { typed, bytes }) =>
    extname(typed) === '.ndjson' ? describeLog(decode(await bytes(MOST_TEXT)), typed) : undefined,
  // MP3 without tags has no mark, and only a second frame shows that the first is one.
  async (_, { typed, read, bytes }) =>
    recognizeAudio(await read(0, MP3_BYTES)) ? describeRecording(await bytes(), typed) : undefined,
  describeJson,
];

/** Weights in a file; where a configuration lies beside a generator, whether they belong together. */
async function describeWeightsFile(
  context: Context,
  file: InputFile,
): Promise<Description | undefined> {
  const { typed } = file;
  // What is cut off or damaged may be known by its name alone.
  if (file.found?.kind !== 'safetensors' && extname(typed) !== '.safetensors') return undefined;
  const weights = await listWeights(file);
  const { facts, shown } = describeWeights(weights, basename(typed));
  const beside = join(dirname(typed), bundleFileNames.config);
  const about =
    facts.network === 'generator' && typed !== '-' && (await exists(pathOf(context, beside)))
      ? describeConfig(decode(await readInput(context, beside)), beside)
      : undefined;
  const config = about?.generator;
  const misfit = config && misfitOf(config, weights.arrays);
  const profile = config && !misfit ? await profileBeside(context, typed, config) : undefined;
  const next = !profile
    ? undefined
    : weights.notFinite.length > 0
      ? nextOfSpoilt().next
      : nextOfModel(typed).next;
  // A training's half has no generator, whatever averages it keeps.
  const isOther = facts.network === 'training state' || facts.network === 'discriminators';
  const inferred = config || isOther ? undefined : describeInferred(weights.arrays, typed);
  const rows = new Map([...(inferred?.shown ?? []), ...shown]);
  for (const [key, value] of inferred?.shown ?? []) rows.set(key, value);
  return {
    kind: 'weights',
    ...(config && !misfit && { generator: config }),
    ...(inferred && { generator: inferred.config }),
    facts: {
      ...facts,
      ...inferred?.facts,
      ...(profile && { config: about?.facts, profile }),
      ...(next !== undefined && { next }),
      ...(misfit && { misfit }),
    },
    shown: [
      ...(inferred ? rows : shown),
      // How it was trained, the folder of its training tells.
      ...(profile ? (about?.shown ?? []).filter(([key]) => key !== 'training') : []),
      ...(profile ? [['profile', profileWords(profile)] as const] : []),
      ['size', byteSize(file.size)],
      ...(misfit ? [['does not fit', `${beside}: ${misfit}`] as const] : []),
      ...(next === undefined ? [] : [['next', next] as const]),
    ],
  };
}

/** The mel of weights that lie beside their configuration: of a bundle what it states, else the configuration's. */
async function profileBeside(
  context: Context,
  typed: string,
  config: HifiGanConfig,
): Promise<MelProfile> {
  const path = join(dirname(typed), bundleFileNames.manifest);
  const isBundle = basename(typed) === bundleFileNames.generator;
  if (!isBundle || !(await exists(pathOf(context, path)))) return profileOfConfig(config);
  return readManifest(decode(await readInput(context, path)), path).mel;
}

/** JSON that is ours, by its keys; else it is taken for a configuration, whose problems are told. */
async function describeJson(
  _: Context,
  { typed, head, bytes }: InputFile,
): Promise<Description | undefined> {
  if (extname(typed) !== '.json' && !/^\s*\{/.test(decode(head))) return undefined;
  const text = decode(await bytes(MOST_TEXT));
  const value = parsedObject(text);
  if (isReport(value)) return describeReport(value);
  if ('format' in value && 'files' in value && 'golden' in value) {
    return { kind: 'manifest of a bundle', ...describeManifest(readManifest(text, typed)) };
  }
  if (isCard(value)) {
    return { kind: 'card of a bundle', facts: value, shown: cardRows(readCard(text, typed)) };
  }
  if ('samplingRate' in value && 'fftSize' in value) {
    const profile = readMelProfile(value, typed);
    const next = `hifigan synth MEL.npy -o OUT.wav --mel-profile ${typed}`;
    return {
      kind: 'mel profile',
      facts: { profile, next },
      shown: [
        ['profile', profileWords(profile)],
        ['next', `${next} (converts such mels for the voice)`],
      ],
    };
  }
  return describeConfig(text, typed);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
