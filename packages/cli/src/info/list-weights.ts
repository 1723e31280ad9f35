import {
  type DeferredArray,
  openSafetensors,
  openTorch,
  openTorchTree,
  unknownClasses,
} from '@hifigan/checkpoint';
import { moduleIn, type PickledModule } from '@hifigan/vocoder';
import type { InputFile } from '../files/input-file.js';

/** What a file of weights holds, without its values. */
export interface ListedWeights {
  readonly arrays: ReadonlyMap<string, { readonly shape: readonly number[] }>;
  readonly metadata: Readonly<Record<string, string>>;
  /** As the file spells them: F32, or float32 of PyTorch's. */
  readonly types: readonly string[];
  /** Names of arrays with values that are no numbers. */
  readonly notFinite: readonly string[];
  /** What made objects beside the arrays, of which nothing was run. */
  readonly classes: readonly string[];
  /** A whole model that was pickled. */
  readonly module?: PickledModule;
}

/**
 * Lists a file of weights, safetensors or PyTorch's, and looks for values that are no numbers, one array at a time.
 *
 * @throws FormatError where it is damaged
 */
export async function listWeights(file: InputFile): Promise<ListedWeights> {
  const isTorch = file.found?.kind === 'pytorch';
  const { arrays, metadata } = isTorch
    ? await openTorch(file, file.typed, TOLERANT)
    : await openSafetensors(file, file.typed);
  const notFinite: string[] = [];
  for (const [name, array] of arrays) {
    if (!(await isAllFinite(array))) notFinite.push(name);
  }
  const types = [...new Set([...arrays.values()].map(({ dtype }) => dtype))];
  const listed = { arrays, metadata, types, notFinite };
  if (!isTorch) return { ...listed, classes: [] };
  // Names with dots between tell neither objects nor the keys on the way to them.
  const tree = await openTorchTree(file, file.typed, TOLERANT);
  const module = moduleIn(tree);
  return { ...listed, classes: unknownClasses(tree), ...(module && { module }) };
}

const TOLERANT = { unknown: 'placeholder' } as const;

async function isAllFinite(array: DeferredArray): Promise<boolean> {
  if (array.as !== 'F32' && array.as !== 'F64') return true;
  const { data } = await array.read();
  for (let at = 0; at < data.length; at++) if (!Number.isFinite(data[at])) return false;
  return true;
}
