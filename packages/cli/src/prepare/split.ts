/** Which recordings a model is trained on, and which it never hears but is measured on. */
export interface Split {
  readonly training: readonly string[];
  readonly validation: readonly string[];
}

export interface SplitOptions {
  /** Share of all that goes into validation, at least one where there are two. */
  readonly fraction: number;
  /** These groups go into validation, whatever the fraction. */
  readonly holdout: ReadonlySet<string>;
  readonly seed: number;
  /** What stays together, by id; without it each id is a group of its own. */
  readonly groupOf?: (id: string) => string;
}

/**
 * Draws a split; the same for the same ids and seed. Both lists are sorted. Groups are drawn whole until the share is
 * reached; one that would take validation far beyond it is passed over, and where all would, the smallest is drawn.
 */
export function splitIds(ids: readonly string[], options: SplitOptions): Split {
  const { fraction, holdout, seed, groupOf = (id) => id } = options;
  const sorted = [...ids].sort();
  const sizes = new Map<string, number>();
  for (const id of sorted) sizes.set(groupOf(id), (sizes.get(groupOf(id)) ?? 0) + 1);
  const sizeOf = (group: string) => sizes.get(group) ?? 0;
  const groups = [...sizes.keys()].sort();
  const held = new Set(groups.filter((group) => holdout.has(group)));
  const free = shuffle(
    groups.filter((group) => !holdout.has(group)),
    seed,
  );
  const wanted = fraction === 0 ? 0 : Math.max(1, Math.round(sorted.length * fraction));
  let count = [...held].reduce((sum, group) => sum + sizeOf(group), 0);
  let left = free.length;
  const take = (group: string) => {
    held.add(group);
    count += sizeOf(group);
    left--;
  };
  for (const group of free) {
    // Never the last one of training.
    if (count >= wanted || left === 1) break;
    if (count + sizeOf(group) <= Math.max(count + 1, 1.5 * wanted)) take(group);
  }
  if (count === 0 && wanted > 0 && left > 1) {
    take(free.reduce((least, group) => (sizeOf(group) < sizeOf(least) ? group : least)));
  }
  return {
    training: sorted.filter((id) => !held.has(groupOf(id))),
    validation: sorted.filter((id) => held.has(groupOf(id))),
  };
}

/** Fisher and Yates, with mulberry32. */
function shuffle(items: string[], seed: number): string[] {
  let state = seed >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j], items[i]];
  }
  return items;
}
