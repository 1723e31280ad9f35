import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { OnnxLibrary } from '../bench/task.js';

export const ONNX_LIBRARIES: readonly OnnxLibrary[] = ['onnxruntime-node', 'onnxruntime-web'];

/**
 * Where a library is installed: beside the user's project, else beside this package. Loads nothing.
 *
 * @returns what `createRequire` takes, or nothing
 */
export function findOnnxruntime(library: OnnxLibrary, cwd: string): string | undefined {
  return [join(cwd, 'package.json'), import.meta.url].find((from) => {
    try {
      createRequire(from).resolve(library);
      return true;
    } catch {
      return false;
    }
  });
}
