import type { TorchTree } from './torch-value.js';

/**
 * What made the objects of a file that are of no known class, as `unknown: 'placeholder'` reads them: names as
 * `package.Class` or `package.function`, each once, sorted. None of them was made or called.
 */
export function unknownClasses<Tensor>(root: TorchTree<Tensor>): readonly string[] {
  const seen = new Set<unknown>();
  const names = new Set<string>();
  // Not by recursion of each level alone: what occurs often is one object, and met once here.
  const rest: TorchTree<Tensor>[] = [root];
  for (let value = rest.pop(); value !== undefined; value = rest.pop()) {
    if (!(value instanceof Map || Array.isArray(value)) || seen.has(value)) continue;
    seen.add(value);
    if (value instanceof Map) {
      const name = value.get(CLASS);
      if (typeof name === 'string') names.add(name);
    }
    for (const item of value.values()) if (item !== undefined) rest.push(item);
  }
  return [...names].sort();
}

/** The key under which a placeholder has its class. */
export const CLASS = '__class__';
