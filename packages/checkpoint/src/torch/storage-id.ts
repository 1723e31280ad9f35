import { castAdvice } from '../element-types.js';
import type { FormatError } from '../named-array.js';
import { shownName } from '../shown-name.js';
import { PickledGlobal, PickledStorage, PickledTuple } from './pickled.js';
import { READABLE_DTYPES, storageTypeOfClass } from './storage-type.js';

/** What a persistent id of a checkpoint says. */
export interface StorageId {
  /** What is meant: a storage, or a part of it. */
  readonly storage: PickledStorage;
  /** Elements of the whole one. */
  readonly length: number;
}

/**
 * Reads `('storage', class, key, device, length)`, of the legacy layout with a sixth: null, or the part of it that is
 * meant, `(key, first, length)`.
 *
 * @throws FormatError where it is none
 */
export function storageOf(id: unknown, fail: (what: string) => FormatError): StorageId {
  const items = id instanceof PickledTuple ? id.items : [];
  if (items[0] === 'module') {
    throw fail(
      'it holds a whole module (torch.save(model)), which is code; save its weights in Python: torch.save({"generator": model.state_dict()}, path)',
    );
  }
  const [kind, type, key, , length, part] = items;
  const isKey = typeof key === 'string' || typeof key === 'number';
  if (kind !== 'storage' || !(type instanceof PickledGlobal) || !isKey || !isSize(length)) {
    throw fail('its pickle refers to something that is no storage: it is damaged');
  }
  const known = storageTypeOfClass(type.name);
  if (!known)
    throw fail(
      `it holds a ${shownName(type.name)}; storages of ${READABLE_DTYPES} are read; ${castAdvice(type.name)}`,
    );
  const named = String(key);
  if (!(part instanceof PickledTuple)) {
    return { storage: new PickledStorage(named, known, 0, length), length };
  }
  const [, first, partLength] = part.items;
  if (!isSize(first) || !isSize(partLength) || first + partLength > length) {
    throw fail('a part of a storage does not lie in it: it is damaged');
  }
  return { storage: new PickledStorage(named, known, first, partLength), length };
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
