import {
  type NamedArray,
  type NamedArrays,
  namedArraysOf,
  readSafetensors,
  readTorch,
  recognizeFile,
  withoutModulePrefix,
} from '@hifigan/checkpoint';

/**
 * Weights to begin with, of safetensors or of PyTorch's files: of a `g_` file its generator (or the state dict that
 * it is by itself), of a `do_` file its discriminators as `mpd.*` and `msd.*`.
 *
 * @throws FormatError where it holds no such weights
 */
export function readWeights(
  bytes: Uint8Array,
  path: string,
  what: 'generator' | 'discriminators',
): NamedArrays {
  if (recognizeFile(bytes)?.kind !== 'pytorch') return readSafetensors(bytes, path).arrays;
  const root = readTorch(bytes, path, { unknown: 'placeholder' });
  const at = (key: string) => (root instanceof Map ? root.get(key) : undefined);
  const state = (key: string) => withoutModulePrefix(namedArraysOf(at(key), `${path}: ${key}`));
  if (what === 'generator') {
    return at('generator') === undefined
      ? withoutModulePrefix(namedArraysOf(root, path))
      : state('generator');
  }
  const arrays = new Map<string, NamedArray>();
  for (const network of ['mpd', 'msd']) {
    for (const [name, array] of state(network)) arrays.set(`${network}.${name}`, array);
  }
  return arrays;
}
