import type { StoredArray } from '../lazy-arrays.js';
import { FormatError } from '../named-array.js';
import { shownName } from '../shown-name.js';
import { isArray, type TorchTree } from './torch-value.js';

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
  if (!(value instanceof Map)) {
    throw new FormatError(
      `${where}: must be a state dict (arrays by name), but is ${describe(value)}; save model.state_dict()`,
    );
  }
  const arrays = new Map<string, Stored>();
  for (const [name, array] of value) {
    if (isArray(array)) arrays.set(String(name), array);
    else if (array instanceof Map || Array.isArray(array)) {
      throw new FormatError(
        `${where}: must be a state dict (arrays by name), but its ${shownName(String(name))} is ${describe(array)}; it has ${listed(value)}`,
      );
    }
  }
  if (arrays.size === 0) {
    throw new FormatError(
      `${where}: must be a state dict (arrays by name), but holds no array; it has ${listed(value)}`,
    );
  }
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
  if (value instanceof Map) return 'a dictionary';
  if (Array.isArray(value)) return 'a list';
  return isArray(value) ? 'a single array' : JSON.stringify(String(value)).slice(0, 40);
}

function listed(map: ReadonlyMap<string | number, unknown>): string {
  const names = [...map.keys()];
  if (names.length === 0) return 'nothing';
  const shown = names.slice(0, 6).map((name) => shownName(String(name)));
  return shown.join(', ').slice(0, 200) + (names.length > 6 ? ', …' : '');
}
