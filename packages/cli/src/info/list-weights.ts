import { type DeferredArray, openSafetensors, openTorch } from '@hifigan/checkpoint';
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
}

/**
 * Lists a file of weights, safetensors or PyTorch's, and looks for values that are no numbers, one array at a time.
 *
 * @throws FormatError where it is damaged
 */
export async function listWeights(file: InputFile): Promise<ListedWeights> {
  const isTorch = file.found?.kind === 'pytorch';
  const { arrays, metadata } = isTorch
    ? await openTorch(file, file.typed, { unknown: 'placeholder' })
    : await openSafetensors(file, file.typed);
  const notFinite: string[] = [];
  for (const [name, array] of arrays) {
    if (!(await isAllFinite(array))) notFinite.push(name);
  }
  const types = [...new Set([...arrays.values()].map(({ dtype }) => dtype))];
  const classes = Object.entries(metadata).filter(([key]) => /(^|\.)__class__$/.test(key));
  return {
    ...{ arrays, metadata, types, notFinite },
    classes: isTorch ? [...new Set(classes.map(([, name]) => name))].sort() : [],
  };
}

async function isAllFinite(array: DeferredArray): Promise<boolean> {
  if (array.as !== 'F32' && array.as !== 'F64') return true;
  const { data } = await array.read();
  for (let at = 0; at < data.length; at++) if (!Number.isFinite(data[at])) return false;
  return true;
}
