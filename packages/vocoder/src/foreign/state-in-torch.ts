import {
  isArray,
  namedArraysOf,
  type StoredArray,
  type TorchTree,
  unknownClasses,
} from '@hifigan/checkpoint';
import { layouts } from '@hifigan/models';
import { ForeignError } from './foreign-error.js';
import type { Source } from './sources.js';

type Tree = TorchTree<StoredArray>;
type Arrays = ReadonlyMap<string, StoredArray>;

/** A generator's arrays in what `torch.save` wrote. */
export interface StateInTorch {
  readonly arrays: Arrays;
  /** What was supposed, or passed over, in sentences without a full stop. */
  readonly notices: readonly string[];
}

/**
 * Finds the state dict of a generator: where its program keeps it, at the root, or in the one place of the tree that
 * has the first convolution of one.
 *
 * @param where what to call the file in errors
 * @throws ForeignError where there is none or are several, with what to do; FormatError where it is no tree of weights
 */
export function stateInTorch(root: Tree, source: Source, where: string): StateInTorch {
  const classes = unknownClasses(root);
  const passedOver = classes.length === 0 ? [] : [passedOverWords(classes)];
  for (const path of source.state) {
    const value = treeAt(root, path.split('.'));
    if (isState(value)) {
      return { arrays: namedArraysOf(value, `${where}: ${path}`), notices: passedOver };
    }
  }
  if (isState(root) && !root.has('__class__')) {
    return { arrays: namedArraysOf(root, where), notices: passedOver };
  }
  const { conv_pre: first = [] } = layouts[source.layout].modules;
  const found = placesOf(root, first);
  if (found.length > 1) {
    const names = found.map(shownPlace).join(', ');
    throw new ForeignError(
      `${where}: must hold one generator, because nothing tells which is meant, but holds ${found.length} (${names}); save the one that is wanted alone, in Python: ${saving(where, found[0])}`,
    );
  }
  if (found.length === 1) {
    const [{ prefix, state }] = found;
    const { prefixes } = layouts[source.layout];
    const own = [...namedArraysOf(state, where)].filter(([name]) => name.startsWith(prefix));
    const arrays = prefixes.includes(prefix)
      ? own
      : own.map(([name, array]) => [name.slice(prefix.length), array] as const);
    return {
      arrays: new Map(arrays),
      notices: [`the generator was found as ${shownPlace(found[0])} in it`, ...passedOver],
    };
  }
  refuseModule(root, where);
  refuseTraining(root, where);
  // What else it holds is told there.
  return { arrays: namedArraysOf(root, where), notices: passedOver };
}

/** A dictionary that has arrays of its own, as a state dict has. */
function isState(value: Tree | undefined): value is Map<string | number, Tree> {
  return value instanceof Map && [...value.values()].some(isArray);
}

interface Place {
  readonly path: readonly string[];
  /** Before the names of the generator. */
  readonly prefix: string;
  readonly state: Map<string | number, Tree>;
}

/** Deeper than any trainer puts its weights. */
const DEEPEST = 6;
/** What is told of more is enough. */
const MOST_PLACES = 8;

/** Wherever the first convolution of a generator is, by the spellings of its name. */
function placesOf(root: Tree, first: readonly string[]): readonly Place[] {
  const names = first.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const pattern = new RegExp(
    `^(|.*\\.)(?:${names})\\.(?:weight|weight_v|parametrizations\\.weight\\.original1)$`,
  );
  const found: Place[] = [];
  // What occurs often is looked at once: a small file can name the same a million times, level by level.
  const seen = new Set<Tree>();
  const walk = (value: Tree, path: readonly string[]): void => {
    // An object of a class of its own has what looks like one: its state is told otherwise.
    if (!(value instanceof Map) || path.length > DEEPEST || value.has('__class__')) return;
    if (seen.has(value)) return;
    seen.add(value);
    for (const [key, item] of value) {
      if (found.length >= MOST_PLACES) return;
      const prefix = isArray(item) ? pattern.exec(String(key))?.[1] : undefined;
      if (prefix !== undefined) found.push({ path, prefix, state: value });
      else walk(item, [...path, String(key)]);
    }
  };
  walk(root, []);
  return found;
}

function shownPlace({ path, prefix }: Place): string {
  return [...path, ...(prefix === '' ? [] : [`${prefix}…`])].join(' → ');
}

/** A line of Python that saves one of several. */
function saving(where: string, { path, prefix }: Place): string {
  const state = `torch.load(${JSON.stringify(where)}, map_location="cpu")${indices(path)}`;
  const own =
    prefix === ''
      ? state
      : `{k[${prefix.length}:]: v for k, v in ${state}.items() if k.startswith(${JSON.stringify(prefix)})}`;
  return `torch.save({"generator": ${own}}, "generator.pth")`;
}

const indices = (path: readonly string[]) => path.map((key) => `[${JSON.stringify(key)}]`).join('');

/** A line of Python that saves the weights of a whole model. @param path keys on the way to it */
export function savingOfModule(where: string, path: readonly string[]): string {
  const load = `torch.load(${JSON.stringify(where)}, map_location="cpu", weights_only=False)`;
  return `torch.save({"generator": ${load}${indices(path)}.state_dict()}, "generator.pth")`;
}

/** @throws ForeignError where a whole module was pickled, with what saves its weights */
function refuseModule(root: Tree, where: string): void {
  const seen = new Set<Tree>();
  const walk = (value: Tree, path: readonly string[]): void => {
    if (!(value instanceof Map) || path.length > DEEPEST || seen.has(value)) return;
    seen.add(value);
    if (value.has('__class__') && value.has('_modules')) {
      throw new ForeignError(
        `${where}: must hold weights by their names, because no object is made here and nothing of a file is run, but holds a whole model (${String(value.get('__class__')).slice(0, 200)}); where the code of its class is at hand and the file is trusted, save its weights, in Python: ${savingOfModule(where, path)}`,
      );
    }
    for (const [key, item] of value) walk(item, [...path, String(key)]);
  };
  walk(root, []);
}

/** @throws ForeignError where it is what a trainer keeps beside the generator */
function refuseTraining(root: Tree, where: string): void {
  if (!(root instanceof Map) || !['optim_g', 'optim_d', 'mpd', 'msd'].some((key) => root.has(key)))
    return;
  const digits = /(?:^|[/\\])do_(\d+)$/.exec(where)?.[1];
  throw new ForeignError(
    `${where}: must be a generator, but is the do_… half of a checkpoint (${[...root.keys()].slice(0, 6).join(', ')}: discriminators and optimizers, to go on with); give ${digits === undefined ? 'the g_… file of the same number' : `g_${digits}`}, which the trainer wrote beside it`,
  );
}

/** Classes that are named in a note. */
const MOST_CLASSES = 5;

/** What is said of objects beside the weights. */
export function passedOverWords(classes: readonly string[]): string {
  const names = classes.slice(0, MOST_CLASSES).map((name) => name.slice(0, 100));
  const more = classes.length > MOST_CLASSES ? `, and ${classes.length - MOST_CLASSES} more` : '';
  return `it holds objects made by ${names.join(', ')}${more}, which are no data of checkpoints: they were passed over and nothing of them was run; PyTorch would run it, unless it loads with weights_only=True`;
}

function treeAt(value: Tree | undefined, keys: readonly string[]): Tree | undefined {
  const [key, ...rest] = keys;
  if (key === undefined) return value;
  return value instanceof Map ? treeAt(value.get(key), rest) : undefined;
}
