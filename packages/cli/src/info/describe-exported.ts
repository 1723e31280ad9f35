import { dirname, extname, join } from 'node:path';
import { profileOfConfig } from '@hifigan/audio';
import { shownName, shownText } from '@hifigan/checkpoint';
import type { HifiGanConfig } from '@hifigan/config';
import { readOnnxPrecision } from '@hifigan/export';
import { bundleFileNames } from '@hifigan/vocoder';
import { type Context, pathOf } from '../context.js';
import type { InputFile } from '../files/input-file.js';
import { loadConfig } from '../files/load-config.js';
import { openSource } from '../files/open-source.js';
import { exists } from '../files/write-atomic.js';
import { type Exported, exportedAt, exportedFacts } from '../model/exported.js';
import { byteSize } from '../terminal/format.js';
import type { Description } from './describe.js';
import { cardRows } from './describe-card.js';
import { describeConfig } from './describe-config.js';
import { profileWords } from './describe-seal.js';
import { nextOfExported } from './next-steps.js';

/** An ONNX file. */
export async function describeOnnx(
  context: Context,
  { typed, size }: InputFile,
): Promise<Description | undefined> {
  if (typed === '-' || extname(typed).toLowerCase() !== '.onnx') return undefined;
  const exported = await exportedAt(context, typed);
  if (!exported) return undefined;
  const description = await describeExported(context, exported, dirname(typed));
  return { ...description, shown: [...description.shown, ['size', byteSize(size)]] };
}

/** The folder of a TensorFlow SavedModel. */
export async function describeSavedModel(
  context: Context,
  typed: string,
): Promise<Description | undefined> {
  const exported = await exportedAt(context, typed);
  if (!exported) return undefined;
  return describeExported(context, exported, typed);
}

/** A configuration of ours in a folder. @throws ConfigError where it is broken */
async function configIn(context: Context, folder: string): Promise<HifiGanConfig | undefined> {
  const config = join(folder, bundleFileNames.config);
  return (await exists(pathOf(context, config))) ? loadConfig(context, config) : undefined;
}

/** What the weights of an ONNX file are stored as; a graph that cannot be read is told by what computes it. */
async function precisionOf(
  context: Context,
  { kind, path, shown }: Exported,
): Promise<string | undefined> {
  if (kind !== 'onnx') return undefined;
  try {
    return await readOnnxPrecision(await openSource(context, path, shown));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

async function describeExported(
  context: Context,
  exported: Exported,
  folder: string,
): Promise<Description> {
  const { metadata, card, ...told } = await exportedFacts(context, exported);
  // As for synth: what lies beside it, where it holds none itself.
  const config = told.config ?? (await configIn(context, folder));
  const profile = told.profile ?? (config && profileOfConfig(config));
  const about = config && describeConfig(JSON.stringify(config), exported.shown);
  const own = Object.fromEntries(metadata);
  const precision = await precisionOf(context, exported);
  const { kind, shown } = exported;
  const { next } = nextOfExported(shown, { kind, isWhole: config !== undefined });
  const licence = own.license ?? card?.licence;
  return {
    kind: exported.kind === 'onnx' ? 'ONNX file' : 'TensorFlow SavedModel',
    ...(config && { generator: config }),
    facts: {
      ...(about && { config: about.facts }),
      ...(config && { weightNorm: false }),
      ...(precision !== undefined && { precision }),
      profile,
      licence,
      card,
      next,
      ...(exported.kind === 'onnx' && { metadata: own }),
    },
    // What the file says may be meant for the terminal.
    shown: [
      [
        'network',
        config
          ? 'generator, weight norm multiplied out'
          : 'not told: it holds no configuration of this program',
      ],
      ...(precision === undefined ? [] : [['precision', `weights in ${precision}`] as const]),
      ...(card ? cardRows(card) : ownRows(own)),
      ...(card?.licence === undefined
        ? [['licence', shownText(licence ?? 'not told')] as const]
        : []),
      ...(about ? about.shown.filter(([key]) => key !== 'training') : []),
      ...(profile
        ? [
            [
              'profile',
              `${profileWords(profile)}${told.profile ? '' : ' (not told: that of its configuration)'}`,
            ] as const,
          ]
        : []),
      ...(config
        ? []
        : Object.entries(own).map(([key, text]) => [shownName(key), shownName(text)] as const)),
      ['next', next],
    ],
  };
}

/** Of an ONNX file that has no card. */
function ownRows(own: Readonly<Record<string, string>>): (readonly [string, string])[] {
  const keys = { name: own.model_filename, description: own.comment, data: own.dataset };
  return Object.entries(keys).flatMap(([key, text]) =>
    text ? [[key, shownText(text)] as const] : [],
  );
}
