import { openTorch, openTorchTree, shownText } from '@hifigan/checkpoint';
import { ForeignError, type ForeignFiles, moduleIn, readRecognized } from '@hifigan/vocoder';
import type { Context } from '../context.js';
import { type ForeignOnDisk, foreignOnDisk } from '../convert/foreign-on-disk.js';
import type { InputFile } from '../files/input-file.js';
import { byteSize } from '../terminal/format.js';
import type { Description } from './describe.js';
import { describeConfig } from './describe-config.js';
import { floorWords, profileWords } from './describe-seal.js';
import { describeWeights } from './describe-weights.js';
import { nextOfModel, nextOfSpoilt } from './next-steps.js';

/** A folder with a generator of another program; undefined where it is none. */
export async function describeForeignFolder(
  context: Context,
  typed: string,
): Promise<Description | undefined> {
  const found = await foreignOnDisk(context, typed, { isFolder: true });
  // A configuration without weights is told as that.
  return found && describeForeign(found, typed);
}

/**
 * A file of weights of another program, or of the reference's in PyTorch's format or NumPy's, with its configuration beside it.
 */
export async function describeForeignFile(
  context: Context,
  file: InputFile,
): Promise<Description | undefined> {
  const { typed, found: kind } = file;
  const isWeights = ['pytorch', 'safetensors', 'npz'].includes(kind?.kind ?? '');
  if (typed === '-' || !(isWeights || typed.endsWith('.nemo'))) return undefined;
  const found = await foreignOnDisk(context, typed, { isFolder: false });
  // The other half of the reference's checkpoint has the same configuration beside it.
  if (!found || (kind?.kind === 'pytorch' && (await isTrainingHalf(file)))) return undefined;
  try {
    return await describeForeign(found, typed);
  } catch (error) {
    // A model that was pickled whole is told as that, whatever lies beside it.
    if (error instanceof ForeignError && (await isWholeModule(file))) return undefined;
    throw error;
  }
}

async function describeForeign(
  { recognized, where }: ForeignOnDisk,
  typed: string,
): Promise<Description> {
  const read = await readRecognized(recognized, where, { notFinite: 'tell' });
  const { layout, config, statistics, profile, notices, metadata, files } = read;
  const { facts, shown } = describeConfig(JSON.stringify(config), files.config);
  const { types, notFinite } = read;
  const listed = { arrays: read.state, metadata, types, notFinite, classes: [] };
  const bytes = (await recognized.files.open?.(files.weights))?.size;
  const weights = describeWeights(listed, files.weights);
  const licence = await licenceOf(recognized.files);
  const { next } = notFinite.length > 0 ? nextOfSpoilt() : nextOfModel(typed);
  const { isWanted, from } = read.normalisation;
  const normalised = statistics
    ? `by the mean and scale in ${from.join(', ')}`
    : isWanted
      ? `it must be, and is not: mean and scale are looked for in ${from.join(' and ')}, and are not there`
      : 'no';
  return {
    kind: `generator of another program (${layout.name})`,
    generator: config,
    facts: {
      program: layout.name,
      model: recognized.kind,
      files,
      config: facts,
      weights: weights.facts,
      normalised: statistics !== undefined,
      profile,
      licence,
      notices,
      next,
      ...(bytes !== undefined && { bytes }),
      ...(metadata.steps !== undefined && { steps: Number(metadata.steps) }),
    },
    shown: [
      ['program', layout.description],
      ['files', `${files.config}, ${files.weights}`],
      ...weights.shown,
      ...shown.filter(([key]) => key !== 'training'),
      ['logarithm', `${profile.log}, ${floorWords(profile)}`],
      ['profile', profileWords(profile)],
      ['normalised', normalised],
      ...(bytes === undefined ? [] : [['size', byteSize(bytes)] as const]),
      ['licence', shownText(licence ?? 'not told by a README.md or LICENSE beside it')],
      ...(notices.length > 0 ? [['notes', notices.join('; ')] as const] : []),
      ['next', next],
    ],
  };
}

async function isWholeModule(file: InputFile): Promise<boolean> {
  if (file.found?.kind !== 'pytorch') return false;
  return moduleIn(await openTorchTree(file, file.typed, { unknown: 'placeholder' })) !== undefined;
}

/** Whether a PyTorch file is what the reference's trainer keeps beside a generator. */
async function isTrainingHalf(file: InputFile): Promise<boolean> {
  const { arrays } = await openTorch(file, file.typed, { unknown: 'placeholder' });
  const names = [...arrays.keys()];
  return names.length > 0 && names.every((name) => /^(mpd|msd|optim_[gd]|ema)\./.test(name));
}

/** What a model card says (the head of README.md, as Hugging Face has it), else the first line of a licence. */
async function licenceOf(files: ForeignFiles): Promise<string | undefined> {
  const text = async (name: string) => new TextDecoder().decode(await files.read(name));
  if (files.names.includes('README.md')) {
    const head = /^---\n([\s\S]*?)\n---/.exec(await text('README.md'))?.[1];
    const found = head && /^licen[cs]e:\s*["']?([^"'\n]+)/im.exec(head)?.[1];
    if (found) return found.trim();
  }
  const file = files.names.find((name) => /^licen[cs]e(\.(txt|md))?$/i.test(name));
  if (file === undefined) return undefined;
  const line = (await text(file)).split('\n').find((one) => one.trim() !== '');
  return line && `${line.trim().slice(0, 80)} (${file})`;
}
