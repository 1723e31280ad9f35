import {
  FormatError,
  type NamedArray,
  type NamedArrays,
  namedArraysOf,
  passedOverWords,
  pythonLoading,
  pythonSaving,
  readSafetensors,
  readTorch,
  recognizeFile,
  shownName,
  type TorchValue,
  unknownClasses,
  withoutModulePrefix,
} from '@hifigan/checkpoint';

/** Weights to begin with. */
export interface InitialWeights {
  readonly arrays: NamedArrays;
  /** What was passed over, in sentences without a full stop. */
  readonly notices: readonly string[];
}

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
): InitialWeights {
  const found = recognizeFile(bytes);
  if (found?.kind === 'gzip') {
    throw new FormatError(`${path}: is ${found.description} and must be weights to begin with`);
  }
  if (found?.kind !== 'pytorch') {
    return { arrays: readSafetensors(bytes, path).arrays, notices: [] };
  }
  const root = readTorch(bytes, path, { unknown: 'placeholder' });
  const notices = [...objectsIn(root, path)];
  const at = (key: string) => (root instanceof Map ? root.get(key) : undefined);
  const state = (key: string) => withoutModulePrefix(namedArraysOf(at(key), `${path}: ${key}`));
  if (what === 'generator') {
    if (at('generator') === undefined) {
      refuseLists(root, path);
      return { arrays: withoutModulePrefix(namedArraysOf(root, path)), notices };
    }
    return { arrays: state('generator'), notices: [...averagesIn(root, path), ...notices] };
  }
  const arrays = new Map<string, NamedArray>();
  for (const network of ['mpd', 'msd']) {
    for (const [name, array] of state(network)) arrays.set(`${network}.${name}`, array);
  }
  return { arrays, notices };
}

/** What is said of objects beside the weights. */
function objectsIn(root: TorchValue, path: string): string[] {
  const classes = unknownClasses(root);
  return classes.length === 0 ? [] : [`${path}: ${passedOverWords(classes)}`];
}

/** What is said of generators beside the one that is taken. */
function averagesIn(root: TorchValue, path: string): string[] {
  if (!(root instanceof Map)) return [];
  const others = [...root.entries()].filter(
    ([key, value]) =>
      key !== 'generator' &&
      /generator|ema/i.test(String(key)) &&
      value instanceof Map &&
      [...value.keys()].some((name) => /(^|\.)conv_pre\./.test(String(name))),
  );
  if (others.length === 0) return [];
  const names = others.map(([key]) => shownName(String(key)));
  return [
    `${path}: generator was taken, and ${names.join(', ')} beside it was not; to begin with that instead, save it alone, in Python: ${saving(path, others[0][0])}`,
  ];
}

/** @throws FormatError where the file is a list, with what saves one of it */
function refuseLists(root: TorchValue, path: string): void {
  if (!Array.isArray(root)) return;
  const at = root.findIndex((item) => item instanceof Map);
  throw new FormatError(
    `${path}: must be a state dict (arrays by name), but is a list; save the generator of it alone, in Python: ${saving(path, Math.max(0, at))}`,
  );
}

/** A line of Python that saves one of several. */
function saving(where: string, key: string | number): string {
  return pythonSaving(pythonLoading({ where, path: [key] }));
}
