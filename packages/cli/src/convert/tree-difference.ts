import {
  isArray,
  OrderedDict,
  readArray,
  type StoredArray,
  type TorchTree,
} from '@hifigan/checkpoint';

/**
 * The first place at which two trees are not the same to the last bit: keys in their order, numbers (0 and −0 are
 * one), texts, arrays with their shapes and types. Of either one array is held at a time.
 *
 * @returns its path, `optim_g.param_groups.0.lr`, with what differs; undefined where nothing does
 */
export async function treeDifference(
  was: TorchTree<StoredArray>,
  is: TorchTree<StoredArray>,
  path: readonly (string | number)[] = [],
): Promise<string | undefined> {
  const differs = (what: string) => `${path.join('.') || 'the whole'} ${what}`;
  if (isArray(was)) {
    return isArray(is) && (await isSameArray(was, is)) ? undefined : differs('is another array');
  }
  if (was instanceof Map) {
    if (!(is instanceof Map) || was instanceof OrderedDict !== is instanceof OrderedDict) {
      return differs('is of another kind');
    }
    const [keys, found] = [[...was.keys()], [...is.keys()]];
    const at = keys.findIndex((key, index) => key !== found[index]);
    if (at >= 0 || keys.length !== found.length) {
      return differs(
        `has ${found.length} keys, not the ${keys.length} it must have in their order`,
      );
    }
    for (const [key, value] of was) {
      const difference = await treeDifference(value, is.get(key) ?? null, [...path, key]);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  if (Array.isArray(was)) {
    const same = Array.isArray(is) && Object.isFrozen(is) === Object.isFrozen(was);
    if (!same || is.length !== was.length) return differs('is another list');
    for (const [index, value] of was.entries()) {
      const difference = await treeDifference(value, is[index], [...path, index]);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }
  // −0 that was written as a whole number is 0; no program that goes on from it makes a difference.
  const same = was === is || (Number.isNaN(was) && Number.isNaN(is));
  return same ? undefined : differs(`is ${String(is)}, not ${String(was)}`);
}

async function isSameArray(was: StoredArray, is: StoredArray): Promise<boolean> {
  if (was.shape.join() !== is.shape.join()) return false;
  const [one, other] = [(await readArray(was)).data, (await readArray(is)).data];
  return one.constructor === other.constructor && bytesOf(one).equals(bytesOf(other));
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBufferLike>): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
