import {
  type NamedArrays,
  namedArraysOf,
  readSafetensors,
  readTorch,
  recognizeFile,
  type TorchValue,
  withoutModulePrefix,
} from '@hifigan/checkpoint';
import { ForeignError } from './foreign-error.js';
import type { ForeignFiles } from './foreign-files.js';
import type { Source } from './sources.js';

/** Arrays of a file of weights, and what it says of itself. */
export interface ForeignWeights {
  readonly arrays: NamedArrays;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The arrays of a file of weights, safetensors or PyTorch's.
 *
 * @param where what to call it in errors
 * @throws FormatError where it is damaged, ForeignError where it is no file of weights
 */
export async function readWeights(
  files: ForeignFiles,
  name: string,
  source: Source,
  where: string,
): Promise<ForeignWeights> {
  const bytes = await files.read(name);
  const found = recognizeFile(bytes);
  if (found?.kind === 'safetensors') {
    const { arrays, metadata } = readSafetensors(bytes, where);
    return { arrays: withoutModulePrefix(arrays), metadata };
  }
  // Training states hold much that is no array, such as options of classes of their own.
  if (found?.kind === 'pytorch') return ofTorch(readTorch(bytes, where, TOLERANT), source, where);
  throw new ForeignError(
    `${where}: ${found ? `is ${found.description} and ` : ''}must be weights (safetensors or PyTorch), because the generator is in them; name their file`,
  );
}

const TOLERANT = { unknown: 'placeholder' } as const;

/** Where the source keeps the generator, else at the root. */
function ofTorch(root: TorchValue, { state }: Source, where: string): ForeignWeights {
  for (const path of state) {
    const value = torchValueAt(root, path.split('.'));
    if (value instanceof Map) return namedWeights(value, root, `${where}: ${path}`);
  }
  return namedWeights(root, root, where);
}

function namedWeights(value: TorchValue, root: TorchValue, where: string): ForeignWeights {
  const steps = root instanceof Map ? (root.get('steps') ?? root.get('step')) : undefined;
  return {
    arrays: withoutModulePrefix(namedArraysOf(value, where)),
    metadata: typeof steps === 'number' ? { steps: String(steps) } : {},
  };
}

function torchValueAt(
  value: TorchValue | undefined,
  keys: readonly string[],
): TorchValue | undefined {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  return value instanceof Map ? torchValueAt(value.get(key), rest) : undefined;
}
