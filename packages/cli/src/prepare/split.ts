/** Which recordings a model is trained on, and which it never hears but is measured on. */
export interface Split {
  readonly training: readonly string[];
  readonly validation: readonly string[];
}

export interface SplitOptions {
  /** Share of all that goes into validation, at least one where there are two. */
  readonly fraction: number;
  /** These go into validation, whatever the fraction. */
  readonly holdout: ReadonlySet<string>;
  readonly seed: number;
}

/** Draws a split; the same for the same ids and seed. Both lists are sorted. */
export function splitIds(ids: readonly string[], { fraction, holdout, seed }: SplitOptions): Split {
  const sorted = [...ids].sort();
  const free = shuffle(
    sorted.filter((id) => !holdout.has(id)),
    seed,
  );
  const held = sorted.filter((id) => holdout.has(id));
  const wanted = fraction === 0 ? 0 : Math.max(1, Math.round(sorted.length * fraction));
  // Never the last one of training.
  const drawn = Math.max(0, Math.min(wanted - held.length, free.length - 1));
  return {
    training: free.slice(drawn).sort(),
    validation: [...held, ...free.slice(0, drawn)].sort(),
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
