import { isArray, type StoredArray, type TorchPath, type TorchTree } from '@hifigan/checkpoint';

type Tree = TorchTree<StoredArray>;
type Dictionary = Map<string | number, Tree>;

/** Where the first convolution of a generator is. */
export interface Place {
  readonly path: TorchPath;
  /** Before the names of the generator. */
  readonly prefix: string;
  readonly state: Dictionary;
}

/** Deeper than any trainer puts its weights. */
const DEEPEST = 6;
/** What is told of more is enough. */
const MOST_PLACES = 8;

/**
 * Wherever the first convolution of a generator is, the nearest to the root first.
 *
 * @param first what it is called, without prefixes
 */
export function placesOf(root: Tree, first: readonly string[]): readonly Place[] {
  const found: Place[] = [];
  // An object of a class of its own has what looks like one: its state is told otherwise.
  for (const { path, state } of dictionariesIn(root, (value) => !value.has('__class__'))) {
    for (const prefix of prefixesIn(state, first)) {
      found.push({ path, prefix, state });
      if (found.length >= MOST_PLACES) return found;
    }
  }
  return found;
}

/** What stands before the first convolutions of generators in a dictionary itself. @param first as {@link placesOf} */
export function* prefixesIn(state: Tree | undefined, first: readonly string[]): Generator<string> {
  if (!(state instanceof Map)) return;
  const names = first.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const pattern = new RegExp(
    `^(|.*\\.)(?:${names})\\.(?:weight|weight_v|parametrizations\\.weight\\.original1)$`,
  );
  for (const [key, item] of state) {
    const prefix = isArray(item) ? pattern.exec(String(key))?.[1] : undefined;
    if (prefix !== undefined) yield prefix;
  }
}

/** A whole model that was pickled, of which no object is made. */
export interface PickledModule {
  readonly path: TorchPath;
  /** As `package.Class`. */
  readonly name: string;
}

/** The nearest to the root of the models that were pickled whole; undefined where there is none that has weights. */
export function moduleIn(root: Tree): PickledModule | undefined {
  const bare = new Set<Tree>();
  for (const { path, state } of dictionariesIn(root)) {
    if (isModule(state) && hasArrays(state, bare)) {
      return { path, name: String(state.get('__class__')) };
    }
  }
  return undefined;
}

/** A module of PyTorch's as a placeholder of it is read: its parts lie in a dictionary of their own. */
export function isModule(value: Dictionary): boolean {
  return value.has('__class__') && value.has('_modules');
}

/** Whether a module or its parts have any, as a loss among the options of a training has not. @param bare looked at */
function hasArrays(module: Tree, bare: Set<Tree>): boolean {
  const rest: Tree[] = [module];
  while (rest.length > 0) {
    const value = rest.pop();
    if (value === undefined || !(value instanceof Map) || bare.has(value)) continue;
    bare.add(value);
    for (const item of value.values()) {
      if (isArray(item)) return true;
      rest.push(item);
    }
  }
  return false;
}

/** What lies at keys with dots between; undefined where nothing does. */
export function treeAt(root: Tree, path: string): Tree | undefined {
  return path
    .split('.')
    .reduce<Tree | undefined>(
      (value, key) => (value instanceof Map ? value.get(key) : undefined),
      root,
    );
}

/**
 * Level by level, so that what occurs often is met where it is nearest, and met once: a small file can name the same a
 * million times.
 *
 * @param enters what is looked into
 */
function* dictionariesIn(
  root: Tree,
  enters: (value: Dictionary) => boolean = () => true,
): Generator<{ readonly path: TorchPath; readonly state: Dictionary }> {
  const seen = new Set<Tree>();
  let level: { readonly path: TorchPath; readonly state: Dictionary | readonly Tree[] }[] = [];
  const meet = (value: Tree, path: () => TorchPath) => {
    if (!(value instanceof Map || Array.isArray(value)) || seen.has(value)) return;
    seen.add(value);
    if (Array.isArray(value) || enters(value)) level.push({ path: path(), state: value });
  };
  meet(root, () => []);
  for (let depth = 0; depth <= DEEPEST; depth++) {
    const met = level;
    level = [];
    for (const { path, state } of met) {
      if (state instanceof Map) yield { path, state };
      for (const [key, item] of state.entries()) meet(item, () => [...path, key]);
    }
  }
}
