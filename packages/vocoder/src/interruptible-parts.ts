/** Waits for what is asked for, and throws where nobody may wait any longer. */
export type Wait = <T>(ask: () => Promise<T>) => Promise<T>;

/**
 * Parts that come when they like: whoever waits for the next one can be called away. A source that still owes an
 * answer is told to end but not waited for, as it may be silent for good.
 */
export async function* interruptibleParts<T>(
  parts: AsyncIterable<T> | Iterable<T>,
  wait: Wait,
): AsyncGenerator<T, void, undefined> {
  const iterator =
    Symbol.asyncIterator in parts ? parts[Symbol.asyncIterator]() : parts[Symbol.iterator]();
  let state: 'asked' | 'answered' | 'over' = 'answered';
  const ask = async () => {
    state = 'asked';
    try {
      const result = await iterator.next();
      state = result.done ? 'over' : 'answered';
      return result;
    } catch (error) {
      state = 'over';
      throw error;
    }
  };
  const leave = async () => {
    await iterator.return?.();
  };
  try {
    for (let next = await wait(ask); !next.done; next = await wait(ask)) yield next.value;
  } finally {
    const last = state as 'asked' | 'answered' | 'over';
    if (last === 'asked') leave().catch(() => undefined);
    else if (last === 'answered') await leave();
  }
}
