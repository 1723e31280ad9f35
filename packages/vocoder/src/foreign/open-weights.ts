import {
  openSafetensors,
  openTorchTree,
  RECOGNIZED_BYTES,
  RECOGNIZED_TAIL_BYTES,
  recognizeFile,
  type StoredArray,
  type TorchTree,
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
 * The arrays of a file of weights, safetensors or PyTorch's; of a training's checkpoint the generator's. None of them
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
  throw new ForeignError(
    `${where}: ${found ? `is ${found.description} and ` : ''}must be weights (safetensors or PyTorch), because the generator is in them; ${found?.kind === 'empty' ? 'copy or download it again' : found?.kind === 'gzip' ? 'name the file that was packed' : 'name their file'}`,
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
