import {
  isArray,
  namedArraysOf,
  passedOverWords,
  pythonKey,
  pythonLoading,
  pythonSaving,
  type StoredArray,
  shownName,
  type TorchPath,
  type TorchTree,
  unknownClasses,
} from '@hifigan/checkpoint';
import { layouts } from '@hifigan/models';
import { ForeignError } from './foreign-error.js';
import { isModule, moduleIn, type Place, placesOf, prefixesIn, treeAt } from './places-in-torch.js';
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
  const asItIs = (value: Tree | undefined, what: string): StateInTorch => ({
    arrays: namedArraysOf(value, what),
    notices: passedOver,
  });
  const { modules, prefixes } = layouts[source.layout];
  const { conv_pre: first = [] } = modules;
  const known = ['', ...prefixes].flatMap((prefix) => [prefix, `module.${prefix}`]);
  const own = source.state.flatMap((path) => {
    const value = treeAt(root, path);
    return value === undefined ? [] : [{ value, path, what: `${where}: ${path}` }];
  });
  for (const { value, path, what } of [...own, { value: root, path: undefined, what: where }]) {
    if ([...prefixesIn(value, first)].some((prefix) => known.includes(prefix))) {
      const { arrays, notices } = asItIs(value, what);
      const others = placesOf(root, first).filter(({ state }) => state !== value);
      return { arrays, notices: [...besides(others, path, where), ...notices] };
    }
  }
  const found = placesOf(root, first);
  if (found.length > 1) {
    const names = found.map(shownPlace).join(', ');
    throw new ForeignError(
      `${where}: must hold one generator, because nothing tells which is meant, but holds ${found.length} (${names}); save the one that is wanted alone, in Python: ${saving(where, found[0])}`,
    );
  }
  if (found.length === 1) {
    const [{ prefix, state }] = found;
    // Other arrays that lie beside it, and dictionaries, are nothing of it.
    const arrays = [...state].flatMap(([key, item]) => {
      const name = String(key);
      return isArray(item) && name.startsWith(prefix)
        ? [[known.includes(prefix) ? name : name.slice(prefix.length), item] as const]
        : [];
    });
    return {
      arrays: new Map(arrays),
      notices: [`the generator was found as ${shownPlace(found[0])} in it`, ...passedOver],
    };
  }
  // Under names of its own: what is missing is told where they are looked up.
  const other = own.find(({ value }) => isState(value));
  if (other) return asItIs(other.value, other.what);
  refuseModule(root, where);
  refuseTraining(root, where);
  return asItIs(root, where);
}

/**
 * What is said of generators beside the one that is taken, as averages of one are.
 *
 * @param taken keys on the way to that, with dots between; undefined where it is the root
 */
function besides(others: readonly Place[], taken: string | undefined, where: string): string[] {
  if (others.length === 0) return [];
  const names = others.map(shownPlace).join(', ');
  return [
    `${taken ?? 'the generator at its root'} was taken, and ${names} in it was not; to take ${others.length === 1 ? 'that' : 'the first of those'} instead, save it alone, in Python: ${saving(where, others[0])}`,
  ];
}

/** A dictionary that has arrays of its own, as a state dict has. */
function isState(value: Tree): boolean {
  return value instanceof Map && !isModule(value) && [...value.values()].some(isArray);
}

function shownPlace({ path, prefix }: Place): string {
  const keys = path.map(shownKey);
  return [...keys, ...(prefix === '' ? [] : [`${shownName(prefix)}…`])].join(' → ');
}

/** A line of Python that saves one of several. */
function saving(where: string, { path, prefix }: Place): string {
  const state = pythonLoading({ where, path });
  return pythonSaving(
    prefix === ''
      ? state
      : `{k[${prefix.length}:]: v for k, v in ${state}.items() if k.startswith(${pythonKey(prefix)})}`,
  );
}

/** A line of Python that saves the weights of a whole model. @param path keys on the way to it */
export function savingOfModule(where: string, path: TorchPath): string {
  return pythonSaving(`${pythonLoading({ where, path, makesObjects: true })}.state_dict()`);
}

/** @throws ForeignError where a whole module was pickled, with what saves its weights */
function refuseModule(root: Tree, where: string): void {
  const module = moduleIn(root);
  if (!module) return;
  throw new ForeignError(
    `${where}: must hold weights by their names, because no object is made here and nothing of a file is run, but holds a whole model (${shownName(module.name)}); where the code of its class is at hand and the file is trusted, save its weights, in Python: ${savingOfModule(where, module.path)}`,
  );
}

/** @throws ForeignError where it is what a trainer keeps beside the generator */
function refuseTraining(root: Tree, where: string): void {
  if (!(root instanceof Map) || !['optim_g', 'optim_d', 'mpd', 'msd'].some((key) => root.has(key)))
    return;
  const digits = /(?:^|[/\\])do_(\d+)$/.exec(where)?.[1];
  throw new ForeignError(
    `${where}: must be a generator, but is the do_… half of a checkpoint (${[...root.keys()].slice(0, 6).map(shownKey).join(', ')}: discriminators and optimizers, to go on with); give ${digits === undefined ? 'the g_… file of the same number' : `g_${digits}`}, which the trainer wrote beside it`,
  );
}

const shownKey = (key: string | number) => shownName(String(key));
