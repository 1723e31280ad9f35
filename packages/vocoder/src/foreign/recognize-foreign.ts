import { type Layout, layouts, valueAt } from '@hifigan/models';
import { ForeignError } from './foreign-error.js';
import type { ForeignFiles } from './foreign-files.js';
import { parseConfig } from './parse-config.js';
import { type Source, sources } from './sources.js';
import { unpackArchive } from './unpack-archive.js';

/** Which files to take where there are several. */
export interface ForeignChoice {
  /** Name of the file of weights; the best of the folder where left out. */
  readonly weights?: string;
  /** Name of the configuration; the first that is known where left out. */
  readonly config?: string;
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
  /** Names of files. */
  readonly config: string;
  /** Undefined where there are none beside the configuration. */
  readonly weights: string | undefined;
  /** The configuration, parsed: the generator's part. */
  readonly facts: unknown;
}

/**
 * Recognises a generator of another program, or one of the reference's in a PyTorch file, by what is in its
 * configuration; reads no weights.
 *
 * @returns undefined where no configuration is known
 * @throws ForeignError where a configuration is no JSON or YAML
 */
export async function recognizeForeign(
  files: ForeignFiles,
  choice: ForeignChoice = {},
): Promise<RecognizedForeign | undefined> {
  const { where = '' } = choice;
  const archive = choice.weights ?? (files.names.length === 1 ? files.names[0] : undefined);
  if (archive?.endsWith('.nemo')) {
    const inside = await unpackArchive(await files.read(archive), placeOf(where, archive));
    return recognizeForeign(inside, { where: placeOf(where, archive) });
  }
  let broken: ForeignError | undefined;
  const configs = files.names.filter((one) => /\.(json|ya?ml)$/i.test(one));
  for (const name of choice.config === undefined ? configs : [choice.config]) {
    const candidates = sources.filter(({ config }) => config.test(name));
    if (candidates.length === 0) continue;
    let facts: unknown;
    try {
      facts = await parseConfig(await files.read(name), name, placeOf(where, name));
    } catch (error) {
      if (!(error instanceof ForeignError)) throw error;
      // Any other file of that kind has nothing to do with the model.
      if (name === choice.config || /config/i.test(name)) broken ??= error;
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
      weights: choice.weights ?? weightsAmong(files.names, source),
      facts: source.within === undefined ? facts : valueAt(facts, source.within),
    };
  }
  // What is broken may be that of another thing in the folder; where nothing else is known, it must be told.
  if (broken) throw broken;
  return undefined;
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
