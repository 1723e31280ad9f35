import { extname, join } from 'node:path';
import type { HifiGanConfig } from '@hifigan/config';
import { bundleFileNames } from '@hifigan/vocoder';
import { type Context, pathOf } from '../context.js';
import type { InputFile } from '../files/input-file.js';
import { loadConfig } from '../files/load-config.js';
import { exists } from '../files/write-atomic.js';
import { type Exported, exportedAt, exportedFacts } from '../model/exported.js';
import { byteSize } from '../terminal/format.js';
import type { Description } from './describe.js';
import { cardRows } from './describe-card.js';
import { describeConfig } from './describe-config.js';
import { profileWords } from './describe-seal.js';

/** An ONNX file. */
export async function describeOnnx(
  context: Context,
  { typed, size }: InputFile,
): Promise<Description | undefined> {
  if (typed === '-' || extname(typed).toLowerCase() !== '.onnx') return undefined;
  const exported = await exportedAt(context, typed);
  if (!exported) return undefined;
  const description = await describeExported(context, exported, undefined);
  return { ...description, shown: [...description.shown, ['size', byteSize(size)]] };
}

/** The folder of a TensorFlow SavedModel. */
export async function describeSavedModel(
  context: Context,
  typed: string,
): Promise<Description | undefined> {
  const exported = await exportedAt(context, typed);
  if (!exported) return undefined;
  const config = join(typed, bundleFileNames.config);
  const found = (await exists(pathOf(context, config)))
    ? await loadConfig(context, config)
    : undefined;
  return describeExported(context, exported, found);
}

async function describeExported(
  context: Context,
  exported: Exported,
  beside: HifiGanConfig | undefined,
): Promise<Description> {
  const { metadata, config = beside, profile, card } = await exportedFacts(context, exported);
  const about = config && describeConfig(JSON.stringify(config), exported.shown);
  const own = Object.fromEntries(metadata);
  const licence = own.license ?? card?.licence;
  return {
    kind: exported.kind === 'onnx' ? 'ONNX file' : 'TensorFlow SavedModel',
    ...(config && { generator: config }),
    facts: {
      ...(about && { config: about.facts }),
      ...(config && { weightNorm: false }),
      profile,
      licence,
      card,
      ...(exported.kind === 'onnx' && { metadata: own }),
    },
    shown: [
      [
        'network',
        config
          ? 'generator, weight norm multiplied out'
          : 'not told: it holds no configuration of this program',
      ],
      ...(card ? cardRows(card) : []),
      ...(own.model_filename ? [['name', own.model_filename] as const] : []),
      ...(own.comment ? [['description', own.comment] as const] : []),
      ...(own.dataset ? [['data', own.dataset] as const] : []),
      ...(card ? [] : [['licence', licence ?? 'not told'] as const]),
      ...(about ? about.shown.filter(([key]) => key !== 'training') : []),
      ...(profile ? [['profile', profileWords(profile)] as const] : []),
      ...(config
        ? []
        : Object.entries(own).map(([key, text]) => [key, text.slice(0, 100)] as const)),
    ],
  };
}
