import {
  hasNpyNumbers,
  type NpzArrays,
  openNpzArrays,
  openSafetensors,
  openTorchTree,
  RECOGNIZED_BYTES,
  RECOGNIZED_TAIL_BYTES,
  readArray,
  recognizeFile,
  type StoredArray,
  shownName,
  type TorchTree,
  unreadableNpyWords,
  withoutModulePrefix,
} from '@hifigan/checkpoint';
import { ForeignError } from './foreign-error.js';
import { type ForeignFiles, openFile } from './foreign-files.js';
import type { Source } from './sources.js';
import { stateInTorch } from './state-in-torch.js';

/** Arrays of a file of weights, and what it says of itself. */
export interface ForeignWeights<Stored extends StoredArray = StoredArray> {
  readonly arrays: ReadonlyMap<string, Stored>;
  readonly metadata: Readonly<Record<string, string>>;
  /** What is odd and can be used, in sentences without a full stop. */
  readonly notices: readonly string[];
}

/**
 * The arrays of a file of weights, safetensors, PyTorch's or NumPy's `.npz`; of a training's checkpoint the generator's. None of them
 * is read yet.
 *
 * @param where what to call it in errors
 * @throws FormatError where it is damaged, ForeignError where it is no file of weights
 */
export async function openWeights(
  files: ForeignFiles,
  name: string,
  source: Source,
  where: string,
): Promise<ForeignWeights> {
  const file = await openFile(files, name);
  const { size } = file;
  const head = await file.read(0, Math.min(size, RECOGNIZED_BYTES));
  const tail = await file.read(Math.max(0, size - RECOGNIZED_TAIL_BYTES), size);
  const found = recognizeFile(head, tail);
  if (found?.kind === 'safetensors') {
    const { arrays, metadata } = await openSafetensors(file, where);
    return { arrays: withoutModulePrefix(arrays), metadata, notices: [] };
  }
  // Training states hold much that is no array, such as options of classes of their own.
  if (found?.kind === 'pytorch') {
    return ofTorch(await openTorchTree(file, where, TOLERANT), source, where);
  }
  if (found?.kind === 'npz') return ofNumpy(await openNpzArrays(file, where), where);
  throw new ForeignError(
    `${where}: ${found ? `is ${found.description} and ` : ''}must be weights (safetensors, PyTorch or .npz), because the generator is in them; ${found?.kind === 'empty' ? 'copy or download it again' : found?.kind === 'gzip' ? 'name the file that was packed' : 'name their file'}`,
  );
}

const TOLERANT = { unknown: 'placeholder' } as const;

/** The generator's arrays, and the steps of a training. */
function ofTorch(root: TorchTree<StoredArray>, source: Source, where: string): ForeignWeights {
  const { arrays, notices } = stateInTorch(root, source, where);
  const steps = root instanceof Map ? (root.get('steps') ?? root.get('step')) : undefined;
  return {
    arrays: withoutModulePrefix(arrays),
    metadata: typeof steps === 'number' ? { steps: String(steps) } : {},
    notices,
  };
}

/** Arrays that are named in a note. */
const MOST_TOLD = 5;

function typesOf(
  arrays: readonly (readonly [string, { readonly type: string }])[],
): (readonly [string, string])[] {
  return arrays.map(([name, { type }]) => [name, type]);
}

/** Names of arrays and their types. */
function withTypes(typed: readonly (readonly [string, string])[]): string {
  return shortened(typed.map(([name, type]) => `${shownName(name)} (${shownName(type)})`));
}

function withShapes(arrays: NpzArrays['arrays']): string {
  return shortened(
    [...arrays].map(([name, { shape }]) => `${shownName(name)} [${shape.join(', ')}]`),
  );
}

function shortened(told: readonly string[]): string {
  return told.slice(0, MOST_TOLD).join(', ') + (told.length > MOST_TOLD ? ', …' : '');
}

/** Whether an array has the axes of a mel, bands and frames, and perhaps one clip before them. */
function mayBeMel({ shape }: { readonly shape: readonly number[] }): boolean {
  return shape.length === 2 || (shape.length === 3 && shape[0] === 1);
}

/** What `numpy.savez(path, **state)` wrote: arrays by the names of a state dict. */
async function ofNumpy({ arrays, others }: NpzArrays, where: string): Promise<ForeignWeights> {
  const saving = 'numpy.savez(path, **{k: v.numpy() for k, v in model.state_dict().items()})';
  // A single number beside others is no weight. Others, passed over, would be told as missing.
  const mayBeWeights = [...others].filter(([, { shape }]) => shape.length > 0 || arrays.size === 0);
  const unreadable = typesOf(mayBeWeights).filter(([, type]) => hasNpyNumbers(type));
  if (unreadable.length > 0) {
    const [[, type]] = unreadable;
    throw new ForeignError(
      `${where}: must hold numbers of types that can be read, because weights are made of them, but holds ${withTypes(unreadable)}; ${unreadableNpyWords(type)}`,
    );
  }
  const some = withTypes(typesOf([...others]));
  // A whole dictionary in one array is an object of Python's.
  if (arrays.size === 0 && others.size > 0) {
    throw new ForeignError(
      `${where}: must hold arrays of numbers by the names of a state dict, because no object is made here and nothing of a file is run, but holds ${some}; save each array under its name, in Python: ${saving}`,
    );
  }
  if (arrays.size > 0 && [...arrays.keys()].every((name) => /^arr_\d+$/.test(name))) {
    throw new ForeignError(
      `${where}: must hold arrays by the names of a state dict, because the network is rebuilt by those, but they have none (arr_0, …); save them with their names, in Python: ${saving}`,
    );
  }
  // In a state dict each is behind the name of its layer: conv_pre.weight.
  if (arrays.size > 0 && ![...arrays.keys()].some((name) => name.includes('.'))) {
    throw new ForeignError(
      `${where}: must hold a generator's weights by the names of a state dict (conv_pre.weight, …), but holds none, only ${withShapes(arrays)}; name the file of the weights${[...arrays.values()].some(mayBeMel) ? '. A mel, which one of these may be, is no weights: it is what they speak from' : ''}`,
    );
  }
  // Numbers beside the weights are none of them; a training says its steps so.
  const weights = [...arrays].filter(([, { shape }]) => shape.length > 0);
  const counter = arrays.get('steps') ?? arrays.get('step');
  const [steps] = counter?.shape.length === 0 ? (await readArray(counter)).data : [];
  return {
    arrays: withoutModulePrefix(new Map(weights)),
    metadata: Number.isSafeInteger(Number(steps)) ? { steps: String(steps) } : {},
    notices: others.size === 0 ? [] : [`${some} in it are no weights and were passed over`],
  };
}
