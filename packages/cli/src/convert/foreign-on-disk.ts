import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type ForeignFiles, type RecognizedForeign, recognizeForeign } from '@hifigan/vocoder';
import { type Context, pathOf } from '../context.js';
import { readConfigText } from '../files/load-config.js';
import { openSource } from '../files/open-source.js';
import { readInput } from '../files/read-input.js';
import { recognizeOnDisk } from '../files/refuse-foreign.js';
import { SourceFiles } from '../files/source-files.js';

/** A model of another program, or one of the reference's in a PyTorch file or `.npz`, as it lies on the disk. */
export interface ForeignOnDisk {
  readonly recognized: RecognizedForeign;
  /** The folder, as the user knows it. */
  readonly where: string;
}

/** What our own commands write: these are no other program's, whatever lies beside them. */
const OWN = /^(generator|(g|ema)_\d+)\.safetensors$/;

/**
 * Looks whether a folder or a file is a model of another program; reads its configuration alone.
 *
 * @param config what `--config` was given, instead of the configuration beside the weights; `configShown` as it was typed
 * @returns undefined where it is ours, or nothing that is known
 * @throws ForeignError where it is one and cannot be used
 */
export async function foreignOnDisk(
  context: Context,
  typed: string,
  {
    isFolder,
    config,
    configShown = config,
  }: { readonly isFolder: boolean; readonly config?: string; readonly configShown?: string },
): Promise<ForeignOnDisk | undefined> {
  const where = isFolder ? typed : dirname(typed);
  const folder = isFolder ? pathOf(context, typed) : dirname(pathOf(context, typed));
  const names = await readdir(folder);
  if (isFolder && names.some((name) => OWN.test(name))) return undefined;
  const weights = isFolder ? undefined : basename(typed);
  const all = { folder, where, names, config };
  // Looked at are many files: of those that are of no model, nothing is made, so they are noted apart.
  const looked = context.sources && new SourceFiles();
  const looking = filesIn({ ...context, sources: looked }, all);
  const shown = where === '.' && !typed.startsWith('.') ? '' : where;
  const found = await recognizeForeign(looking, {
    ...{ weights, where: shown },
    config: config === undefined ? undefined : nameOfConfig(config),
    configShown,
  });
  if (!found) return undefined;
  if (looked) {
    const { archive } = found;
    const used = archive === undefined ? [found.config] : [found.config, archive];
    const paths = used.map((name) => join(folder, name));
    context.sources?.adopt(
      looked,
      config === undefined ? paths : [...paths, pathOf(context, config)],
    );
  }
  // What is read from here on is the model. An archive was opened, and noted, already.
  const recognized =
    found.archive === undefined ? { ...found, files: filesIn(context, all) } : found;
  if (recognized.layout.name !== 'reference') return { recognized, where: shown };
  // In safetensors they are as ours.
  const { weights: name } = recognized;
  const kind = name && (await recognizeOnDisk(join(folder, name), join(where, name)))?.kind;
  return kind === 'pytorch' || kind === 'npz' ? { recognized, where: shown } : undefined;
}

/** The files of a folder, with the configuration that was named before them. */
function filesIn(
  context: Context,
  {
    folder,
    where,
    names,
    config,
  }: {
    readonly folder: string;
    readonly where: string;
    readonly names: readonly string[];
    readonly config?: string;
  },
): ForeignFiles {
  // What was named goes before what lies there; the rest stays: statistics of mels, and the like.
  const named = config === undefined ? undefined : nameOfConfig(config);
  return {
    names: named === undefined ? names : [named, ...names.filter((name) => name !== named)],
    read: async (name) =>
      config !== undefined && name === named
        ? new TextEncoder().encode(await readConfigText(context, config))
        : readInput(context, join(folder, name), join(where, name)),
    open: (name) => openSource(context, join(folder, name), join(where, name)),
  };
}

/** What a configuration that was named is called among the files: JSON, or what the end of its name says. */
function nameOfConfig(config: string): string {
  return /\.ya?ml$/i.test(config) ? basename(config) : 'config.json';
}
