import type { MemoryBudget } from '../memory-budget.js';
import type { FormatError } from '../named-array.js';
import type { Reading } from '../reading.js';

/**
 * Runs a reader that asks for later and later ranges on what comes piece by piece, to its end; what is not asked for is
 * dropped.
 *
 * @param budget all that comes is charged to it, so that what goes on for ever ends
 * @throws FormatError where it ends before the reader does, and whatever the pieces throw
 */
export async function readForward<T>(
  reading: Reading<T>,
  pieces: AsyncIterable<Uint8Array>,
  { budget, fail }: { readonly budget: MemoryBudget; readonly fail: (what: string) => FormatError },
): Promise<T> {
  let step = reading.next();
  /** Where the next byte stands, and what was asked for and is here already. */
  let at = 0;
  let wanted = bufferOf(step, budget);
  let filled = 0;
  for await (const piece of pieces) {
    budget.charge(piece.length);
    let used = 0;
    while (!step.done) {
      // Skips what lies before, then takes as much as is there.
      used += Math.min(piece.length - used, Math.max(0, step.value.start + filled - (at + used)));
      const part = piece.subarray(used, used + wanted.length - filled);
      const isThere = at + used === step.value.start + filled;
      if (isThere) {
        wanted.set(part, filled);
        filled += part.length;
        used += part.length;
      }
      if (!isThere || filled < wanted.length) break;
      step = reading.next(wanted);
      wanted = bufferOf(step, budget);
      filled = 0;
    }
    at += piece.length;
  }
  if (!step.done) throw fail('it ends too early: it is cut off');
  return step.value;
}

/** What is promised must be able to come. */
function bufferOf<T>(
  step: IteratorResult<{ start: number; end: number }, T>,
  budget: MemoryBudget,
) {
  if (step.done) return new Uint8Array(0);
  const length = step.value.end - step.value.start;
  budget.require(length);
  return new Uint8Array(length);
}
