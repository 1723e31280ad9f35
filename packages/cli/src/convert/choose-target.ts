import { basename } from 'node:path';
import { UsageError } from '../errors.js';
import type { Target } from './targets.js';

/** Of files that are no folders, though nothing here writes them. */
const OTHER_FILES = /\.(onnx|pb|npz|npy|nemo|h5|tar|gz|zip|json|ya?ml|wav|flac)$/i;

/**
 * What OUT is to be, by `--to`, else by its name: `.safetensors`; the reference's file where it is `g_` and a number; a
 * PyTorch file where it ends in `.pth` or `.pt`; else the folder of a bundle.
 *
 * @throws UsageError where the two contradict each other, or the name is that of a file that convert does not write
 */
export function chooseTarget(out: string, to: Target | undefined): Target {
  const name = basename(out);
  const safetensors = name.endsWith('.safetensors');
  const reference = /^g_\d+$/.test(name);
  const torch = /\.(pth|pt|ckpt|bin)$/.test(name);
  if (OTHER_FILES.test(name)) {
    throw new UsageError(
      /\.(onnx|pb)$/i.test(name)
        ? `${out}: is not what convert writes; for other runtimes there is: hifigan export IN -o ${/\.onnx$/i.test(name) ? out : 'FOLDER'}`
        : `${out}: must end in .safetensors or .pth, be g_ and a number, or the name of a folder, because those are what convert writes; rename it`,
    );
  }
  if (to === undefined) {
    if (reference) return 'reference';
    return safetensors ? 'safetensors' : torch ? 'torch' : 'bundle';
  }
  const isFolder = to === 'bundle' || to === 'transformers';
  if (isFolder && (safetensors || torch || reference)) {
    throw new UsageError(`${out}: must be the name of a folder, because --to ${to} makes one`);
  }
  if (to === 'safetensors' && !safetensors) {
    throw new UsageError(
      `${out}: must end in .safetensors, because that is what --to safetensors writes; rename it`,
    );
  }
  if ((to === 'torch' || to === 'reference') && safetensors) {
    throw new UsageError(
      `${out}: must not end in .safetensors, because --to ${to} writes a PyTorch file; call it g_00000000 or model.pth`,
    );
  }
  return to;
}
