import type { StoredArray } from '../lazy-arrays.js';
import { FormatError } from '../named-array.js';
import { shownName } from '../shown-name.js';
import { objectsInsteadWords } from './passed-over-words.js';
import { isArray, type TorchTree } from './torch-value.js';
import { CLASS, unknownClasses } from './unknown-classes.js';

/** What `DistributedDataParallel` and `DataParallel` put before each name. */
const WRAPPED = 'module.';

/**
 * The arrays of a state dict by name, in its order. What is no array (a counter, a version) is left out. Names stay as
 * they are; {@link withoutModulePrefix} takes away what a parallel training put before them.
 *
 * @param where what to call it in errors (`g_02500000: generator`)
 * @throws FormatError where it is no dictionary of arrays
 */
export function namedArraysOf<Stored extends StoredArray>(
  value: TorchTree<Stored> | undefined,
  where: string,
): ReadonlyMap<string, Stored> {
  const refuse = (what: string, culprit: TorchTree<Stored> | undefined, cure: string) => {
    const classes = culprit === undefined ? [] : unknownClasses(culprit);
    return new FormatError(
      `${where}: must be a state dict (arrays by name), but ${what}; ${classes.length > 0 ? objectsInsteadWords(classes) : cure}`,
    );
  };
  // A dictionary of a class of its own has its arrays where any has.
  if (!(value instanceof Map) || (isPlaceholder(value) && ![...value.values()].some(isArray))) {
    throw refuse(`is ${describe(value)}`, value, 'save model.state_dict()');
  }
  const arrays = new Map<string, Stored>();
  for (const [name, array] of value) {
    if (isArray(array)) arrays.set(String(name), array);
    else if (array instanceof Map || Array.isArray(array)) {
      throw refuse(
        `its ${shownName(String(name))} is ${describe(array)}`,
        array,
        `it has ${listed(value)}`,
      );
    }
  }
  if (arrays.size === 0) throw refuse('holds no array', value, `it has ${listed(value)}`);
  return arrays;
}

/**
 * The same arrays without `module.` before their names, where all of them have it; twice, where one was put around the
 * other.
 */
export function withoutModulePrefix<Stored extends StoredArray>(
  arrays: ReadonlyMap<string, Stored>,
): ReadonlyMap<string, Stored> {
  let inner = arrays;
  for (let times = 0; times < 2; times++) {
    const names = [...inner.keys()];
    if (names.length === 0 || !names.every((name) => name.startsWith(WRAPPED))) break;
    inner = new Map([...inner].map(([name, array]) => [name.slice(WRAPPED.length), array]));
  }
  return inner;
}

function describe(value: TorchTree<StoredArray> | undefined): string {
  if (value === undefined) return 'missing';
  if (value instanceof Map) return isPlaceholder(value) ? 'an object' : 'a dictionary';
  if (Array.isArray(value)) return 'a list';
  return isArray(value) ? 'a single array' : JSON.stringify(String(value)).slice(0, 40);
}

/** What stands for an object of a class that is not known. */
function isPlaceholder(value: ReadonlyMap<string | number, unknown>): boolean {
  return typeof value.get(CLASS) === 'string';
}

function listed(map: ReadonlyMap<string | number, unknown>): string {
  const names = [...map.keys()];
  if (names.length === 0) return 'nothing';
  const shown = names.slice(0, 6).map((name) => shownName(String(name)));
  return shown.join(', ').slice(0, 200) + (names.length > 6 ? ', …' : '');
}
