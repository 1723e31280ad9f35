import { type Layout, layouts, valueAt } from '@hifigan/models';
import { ForeignError } from './foreign-error.js';
import { type ForeignFiles, openFile } from './foreign-files.js';
import { parseConfig } from './parse-config.js';
import { type Source, sources } from './sources.js';
import { unpackArchive } from './unpack-archive.js';

/** Which files to take where there are several. */
export interface ForeignChoice {
  /** Name of the file of weights; the best of the folder where left out. */
  readonly weights?: string;
  /** Name of the configuration, before that of an archive too; the first that is known where left out. */
  readonly config?: string;
  /** What to call that configuration in errors, where it lies elsewhere. */
  readonly configShown?: string;
  /** What to call the folder in errors, `models/vocoder`; names are put behind it. */
  readonly where?: string;
}

/** What files are: enough to say so, and to read them. */
export interface RecognizedForeign {
  readonly layout: Layout;
  /** Of several programs' things, which: `speecht5_hifigan`. */
  readonly kind: string;
  readonly source: Source;
  /** Where the files are: those that were given, or those of the archive among them. */
  readonly files: ForeignFiles;
  /** The name of that archive. */
  readonly archive?: string;
  /** Names of files. */
  readonly config: string;
  /** What to call the configuration in errors, where it lies elsewhere. */
  readonly configShown?: string;
  /** Undefined where there are none beside the configuration. */
  readonly weights: string | undefined;
  /** The configuration, parsed: the generator's part. */
  readonly facts: unknown;
}

/**
 * Recognises a generator of another program, or one of the reference's in a PyTorch file, by what is in its
 * configuration; reads no weights. Where none is named, at most 64 files are looked at, of 16 MiB together, those that
 * are called as configurations are before others.
 *
 * @returns undefined where no configuration is known
 * @throws ForeignError where a configuration is no JSON or YAML; whatever reading it throws where it cannot be read
 */
export async function recognizeForeign(
  files: ForeignFiles,
  choice: ForeignChoice = {},
): Promise<RecognizedForeign | undefined> {
  const { where = '' } = choice;
  const archive = choice.weights ?? (files.names.length === 1 ? files.names[0] : undefined);
  if (archive?.endsWith('.nemo')) {
    const inside = await unpackArchive(await openFile(files, archive), placeOf(where, archive));
    const { config, configShown } = choice;
    const within = config === undefined ? inside : withConfig(inside, config, files);
    const found = await recognizeForeign(within, {
      ...{ config, configShown },
      where: placeOf(where, archive),
    });
    return found && { ...found, archive };
  }
  let broken: unknown;
  let left = MOST_BYTES_OF_ALL;
  for (const name of choice.config === undefined ? configsAmong(files.names) : [choice.config]) {
    const candidates = sources.filter(({ config }) => config.test(name));
    if (candidates.length === 0) continue;
    if (left <= 0) break;
    let facts: unknown;
    try {
      const bytes =
        name === choice.config ? await files.read(name) : await readSmall(files, name, where);
      left -= bytes.length;
      const shown = name === choice.config ? choice.configShown : undefined;
      facts = await parseConfig(bytes, name, shown ?? placeOf(where, name));
    } catch (error) {
      if (name === choice.config && !(error instanceof ForeignError)) throw error;
      // Any other file of that kind has nothing to do with the model, whether it can be read or not.
      if (name === choice.config || CONFIG_NAMES.test(name)) broken ??= error;
      continue;
    }
    const source = candidates.find(({ marks }) => marks.every((mark) => isMarked(facts, mark)));
    if (!source) continue;
    return {
      layout: layouts[source.layout],
      kind: String(valueAt(facts, 'model_type') ?? source.layout),
      source,
      files,
      config: name,
      ...(name === choice.config && { configShown: choice.configShown }),
      weights: choice.weights ?? weightsAmong(files.names, source),
      facts: source.within === undefined ? facts : valueAt(facts, source.within),
    };
  }
  // What is broken may be that of another thing in the folder; where nothing else is known, it must be told.
  if (broken !== undefined) throw broken;
  return undefined;
}

/** An archive whose configuration gives way to one that was named beside it. */
function withConfig(inside: ForeignFiles, config: string, beside: ForeignFiles): ForeignFiles {
  const from = (name: string) => (name === config ? beside : inside);
  return {
    names: [config, ...inside.names.filter((name) => name !== config)],
    read: (name) => from(name).read(name),
    open: (name) => openFile(from(name), name),
  };
}

/** What the programs call the configuration: a file of that name that is broken is the model's, a stranger is not. */
const CONFIG_NAMES = /^(config\.(json|ya?ml)|model_config\.yaml)$/;

/** Files that may be configurations: a folder may hold a data set beside a model, a file of JSON for each recording. */
const MOST_CONFIGS = 64;
/** Bytes of all that are looked at, since YAML is slow to read. */
const MOST_BYTES_OF_ALL = 16 * 2 ** 20;

/** What may be the configuration, the usual names first. */
function configsAmong(names: readonly string[]): readonly string[] {
  const all = names.filter((name) => /\.(json|ya?ml)$/i.test(name));
  const usual = all.filter((name) => CONFIG_NAMES.test(name));
  const others = all.filter((name) => !CONFIG_NAMES.test(name));
  return [...usual, ...others].slice(0, MOST_CONFIGS);
}

/** Bytes of a configuration at most: real ones have some kB, and data that lies beside a model may have gigabytes. */
const MOST_BYTES = 4 * 2 ** 20;

/** @throws ForeignError where it is too large for a configuration */
async function readSmall(files: ForeignFiles, name: string, where: string): Promise<Uint8Array> {
  const file = await openFile(files, name);
  if (file.size > MOST_BYTES) {
    throw new ForeignError(
      `${placeOf(where, name)}: has ${file.size} bytes and must have ${MOST_BYTES} at most, because a configuration is small; copy the right one`,
    );
  }
  return file.read(0, file.size);
}

/** `where/name`, or the name alone. */
export function placeOf(where: string, name: string): string {
  return where === '' ? name : `${where.replace(/\/$/, '')}/${name}`;
}

function isMarked(facts: unknown, { path, values }: Source['marks'][number]): boolean {
  const value = valueAt(facts, path);
  return value !== undefined && (values === undefined || values.includes(value));
}

function weightsAmong(names: readonly string[], { weights }: Source): string | undefined {
  for (const pattern of weights) {
    const found = names.filter((name) => pattern.test(name));
    if (found.length > 0) return found.sort(byNumber).at(-1);
  }
  return undefined;
}

function byNumber(a: string, b: string): number {
  const number = (name: string) => Number(/(\d+)\D*$/.exec(name)?.[1] ?? -1);
  return number(a) - number(b) || (a < b ? -1 : 1);
}
