import type { Tensor } from '@tensorflow/tfjs-core';
import { type LoadOptions, loadTensorflow } from './load.js';

/** A graph that the native library has optimised as a whole. */
export interface SavedModel {
  /** @returns what the signature's one output is, the caller's */
  predict(input: Tensor): Tensor;
  /** Frees it, its weights as well. */
  dispose(): void;
}

/** What we use of tfjs-node besides its backend. */
interface NodeModule {
  readonly node: {
    loadSavedModel(
      folder: string,
      tags?: string[],
      signature?: string,
    ): Promise<SavedModel & { readonly inputs: unknown[]; readonly outputs: unknown[] }>;
  };
}

/**
 * Loads the folder of a TensorFlow SavedModel with one input and one output; all of it is read, so that the folder
 * may go afterwards. The backend is to be active.
 *
 * @throws where it cannot be loaded, or has another number of either
 */
export async function openSavedModel(
  folder: string,
  options: Pick<LoadOptions, 'from'> = {},
): Promise<SavedModel> {
  const { node } = loadTensorflow(options) as unknown as NodeModule;
  const model = await node.loadSavedModel(folder);
  const [inputs, outputs] = [model.inputs.length, model.outputs.length];
  if (inputs !== 1 || outputs !== 1) {
    model.dispose();
    throw new Error(
      `openSavedModel: ${folder} must have one input and one output, because a mel goes in and audio comes out, and has ${inputs} and ${outputs}`,
    );
  }
  return model;
}
