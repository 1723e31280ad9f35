import type { MemoryBudget } from '../memory-budget.js';

/** Decimal digits of the longest integer that a pickle may hold, 1,024 bytes. */
const LONGEST_INTEGER = 2467;

/**
 * What is no text as text, which is charged before it is made: one integer of a thousand bytes may be met a million
 * times.
 */
export function textOf(
  value: bigint | number | boolean | string | null,
  budget: MemoryBudget,
): string {
  if (typeof value === 'bigint') budget.charge(2 * LONGEST_INTEGER);
  return String(value);
}
