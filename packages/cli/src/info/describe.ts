import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { PYTORCH_ADVICE, readSafetensors, recognizeFile } from '@hifigan/checkpoint';
import { recognizeAudio } from '@hifigan/codecs';
import { readConfig } from '@hifigan/config';
import { bundleFileNames, readCard } from '@hifigan/vocoder';
import { type Context, pathOf } from '../context.js';
import { REASONS, UserError } from '../errors.js';
import { presetOf } from '../files/load-config.js';
import { readInput } from '../files/read-input.js';
import { exists } from '../files/write-atomic.js';
import { misfitOf } from '../model/misfit.js';
import { byteSize } from '../terminal/format.js';
import { describeArray } from './describe-array.js';
import { cardRows, isCard } from './describe-card.js';
import { describeConfig } from './describe-config.js';
import { describeFolder } from './describe-folder.js';
import { describeLog } from './describe-log.js';
import { describeRecording } from './describe-recording.js';
import { describeReport, isReport } from './describe-report.js';
import { describeWeights } from './describe-weights.js';
import { parsedObject } from './parsed-object.js';

/** What a file or folder is: its kind, and facts by name, in the order in which they are shown. */
export interface Description {
  readonly kind: string;
  readonly facts: Readonly<Record<string, unknown>>;
  /** The same for people; names as in `facts`. */
  readonly shown: readonly (readonly [string, string])[];
}

/** @throws UserError where it is nothing that we know, ConfigError or FormatError where it is broken */
export async function describe(context: Context, typed: string): Promise<Description> {
  if (typed !== '-') {
    const about = await stat(pathOf(context, typed)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw new UserError(
        `${typed}: cannot be read: ${REASONS[error.code ?? ''] ?? error.message}`,
      );
    });
    const preset = about ? undefined : presetOf(typed);
    if (preset) return describeConfig(JSON.stringify(preset), typed);
    if (about?.isDirectory()) return describeFolder(context, typed);
  }
  const bytes = await readInput(context, typed);
  const found = recognizeFile(bytes);
  if (found?.kind === 'wav' || found?.kind === 'audio') return describeRecording(bytes, typed);
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
  if (recognizeAudio(bytes)) return describeRecording(bytes, typed);
  const text = new TextDecoder().decode(bytes.subarray(0, 1_000_000));
  if (extname(typed) === '.json' || /^\s*\{/.test(text)) return describeJson(text, typed);
  throw new UserError(
    `${typed}: ${found ? `it is ${found.description}, and ` : ''}neither a recording, a .npy mel, a safetensors checkpoint nor a configuration; check the path`,
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
  const value = parsedObject(text);
  if (isReport(value)) return describeReport(value);
  if (isCard(value)) {
    return { kind: 'card of a bundle', facts: value, shown: cardRows(readCard(text, where)) };
  }
  return describeConfig(text, where);
}
