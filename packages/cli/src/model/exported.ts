import { readFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { extname, join } from 'node:path';
import type { MelProfile } from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';
import { readOnnxConfig, readOnnxMetadata } from '@hifigan/export';
import {
  bundleFileNames,
  cardFromMetadata,
  type Engine,
  readCard,
  Vocoder,
  type VoiceCard,
} from '@hifigan/vocoder';
import { activateBackend } from '../backends/activate.js';
import { type Context, pathOf } from '../context.js';
import { findOnnxruntime, ONNX_LIBRARIES } from '../engines/find-onnxruntime.js';
import { onnxEngine } from '../engines/onnx-engine.js';
import { UsageError, UserError } from '../errors.js';
import { loadConfig } from '../files/load-config.js';
import { openSource } from '../files/open-source.js';
import { exists } from '../files/write-atomic.js';
import { onnxProfile, savedModelProfile } from './exported-profile.js';
import type { OpenedVocoder, OpenOptions } from './open-vocoder.js';

/** The file that makes a folder a SavedModel. */
export const SAVED_MODEL = 'saved_model.pb';

/** An exported generator. */
export interface Exported {
  readonly kind: 'onnx' | 'savedmodel';
  /** Absolute, of the file or the folder. */
  readonly path: string;
  /** As the user knows it. */
  readonly shown: string;
}

/** Whether `--checkpoint` means what `export` writes, by its name and what lies in it. */
export async function exportedAt(
  context: Context,
  typed: string | undefined,
): Promise<Exported | undefined> {
  if (typed === undefined) return undefined;
  const path = pathOf(context, typed);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() && extname(path).toLowerCase() === '.onnx') {
    return { kind: 'onnx', path, shown: typed };
  }
  if (found?.isDirectory() && (await exists(join(path, SAVED_MODEL)))) {
    return { kind: 'savedmodel', path, shown: typed };
  }
  return undefined;
}

/**
 * A vocoder on an exported file: ONNX on an onnxruntime, a SavedModel on the backend that takes it.
 *
 * @throws ConfigError, UsageError or UserError naming the file
 */
export async function openExported(
  context: Context,
  exported: Exported,
  options: OpenOptions,
): Promise<OpenedVocoder> {
  const { shown } = exported;
  // First of all what it says of itself: an engine that is open would have to be closed again.
  const facts = await exportedFacts(context, exported);
  const config = await exportedConfig(context, exported, { facts, given: options.config });
  const { profile, card } = facts;
  const bundle = { config, profile, card, weights: new Map(), notices: [] };
  let computes = '';
  const vocoder = await Vocoder.load(bundle, {
    where: shown,
    // Only once nothing is found wrong with the rest.
    async engine() {
      const opened =
        exported.kind === 'onnx'
          ? await onOnnxruntime(context, { exported, config, options })
          : await onTensorflow(context, { exported, config, options });
      computes = opened.computes;
      return opened.engine;
    },
  });
  return { vocoder, shown, computes };
}

/** What an exported generator says of itself, in the file or in files beside it. */
export interface ExportedFacts {
  /** Of an ONNX file. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly config: HifiGanConfig | undefined;
  readonly profile: MelProfile | undefined;
  readonly card: VoiceCard | undefined;
}

/**
 * Reads what an exported generator says of itself; of its weights nothing.
 *
 * @throws ConfigError, BundleError, RangeError or UserError naming what is broken
 */
export async function exportedFacts(
  context: Context,
  { kind, path, shown }: Exported,
): Promise<ExportedFacts> {
  if (kind === 'savedmodel') {
    const profile = await savedModelProfile(path, shown);
    return { metadata: new Map(), config: undefined, profile, card: await cardIn(path, shown) };
  }
  let metadata: ReadonlyMap<string, string>;
  try {
    metadata = await readOnnxMetadata(await openSource(context, path, shown));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError(
      `${shown}: must be an ONNX file, because of its name, and is none (${error.message}); export it anew`,
      { cause: error },
    );
  }
  const config = readOnnxConfig(metadata, shown);
  return {
    metadata,
    config,
    profile: onnxProfile(metadata, shown),
    // In another program's file these words may mean anything.
    card: config && cardFromMetadata(metadata, shown),
  };
}

/** What `--config` names, else what the file holds, else what lies beside it. @throws ConfigError or UserError */
export async function exportedConfig(
  context: Context,
  { kind, path, shown }: Exported,
  { facts, given }: { readonly facts: ExportedFacts; readonly given: string | undefined },
): Promise<HifiGanConfig> {
  if (given !== undefined) return loadConfig(context, given);
  if (facts.config) return facts.config;
  const folder = kind === 'onnx' ? join(path, '..') : path;
  const beside = join(folder, bundleFileNames.config);
  if (await exists(beside)) return loadConfig(context, beside);
  throw new UserError(
    `${shown}: does not say which configuration it belongs to, and has no config.json ${kind === 'onnx' ? 'beside' : 'in'} it; name it with --config`,
  );
}

interface Wanted {
  readonly exported: Exported;
  readonly config: HifiGanConfig;
  readonly options: OpenOptions;
}

interface Opened {
  readonly engine: Engine;
  readonly computes: string;
}

async function onOnnxruntime(context: Context, wanted: Wanted): Promise<Opened> {
  const { path: file, shown } = wanted.exported;
  const { backend, threads = availableParallelism() } = wanted.options;
  if (backend !== 'auto') {
    throw new UsageError(
      `--backend ${backend}: cannot compute ${shown}, because that is for an onnxruntime; leave --backend out`,
    );
  }
  for (const library of ONNX_LIBRARIES) {
    const from = findOnnxruntime(library, context.cwd);
    if (!from) continue;
    const computer = { kind: 'onnx', library, from, file, shown } as const;
    const engine = await onnxEngine(computer, {
      ...{ config: wanted.config, threads, chooseConfig: '--config CONFIG' },
    });
    return { engine, computes: library };
  }
  throw new UserError(
    `${shown}: needs an onnxruntime, and none is installed here; npm install onnxruntime-node (or onnxruntime-web, slower and without native code), or give the checkpoint that it was exported from`,
  );
}

async function onTensorflow(context: Context, wanted: Wanted): Promise<Opened> {
  const { path, shown } = wanted.exported;
  const { backend: name, threads } = wanted.options;
  const able = context.backends.filter(({ openSavedModel }) => openSavedModel !== undefined);
  const meant = name === 'auto' ? able[0] : able.find((backend) => backend.name === name);
  if (able.length === 0) {
    throw new UserError(
      `${shown}: is a TensorFlow SavedModel, which hifigan-gpu computes (the package @hifigan/gpu, after hifigan-gpu setup); take that, or export as ONNX`,
    );
  }
  if (!meant) {
    throw new UsageError(
      `--backend ${name}: cannot compute ${shown}, because that is a TensorFlow SavedModel; leave --backend out`,
    );
  }
  const backend = await activateBackend(context, { backend: meant.name, threads });
  try {
    const engine = await backend.openSavedModel!(path, wanted.config);
    return { engine, computes: `${backend.name}, as a SavedModel` };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${shown}: ${backend.name} cannot load it: ${reason}`, { cause: error });
  }
}

/** In the folder of a SavedModel lies what the bundle said of itself. */
async function cardIn(path: string, shown: string): Promise<VoiceCard | undefined> {
  const card = join(path, bundleFileNames.card);
  if (!(await exists(card))) return undefined;
  return readCard(await readFile(card, 'utf8'), join(shown, bundleFileNames.card));
}
