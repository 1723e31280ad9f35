import type { MemoryBudget } from '../memory-budget.js';
import type { FormatError } from '../named-array.js';

// What is charged for things that are made, in bytes, rounded up from what V8 takes: some 220 of a dictionary with one
// entry, and 150 more of what was thrown away meanwhile and is not collected yet.
export const CONTAINER = 384;
export const SLOT = 32;

/** Where the stack was when a container was begun. */
const MARK = Symbol('mark');

/** The stack of a pickle's machine; what lies on it is paid for. */
export class PickleStack {
  private readonly items: unknown[] = [];
  private readonly budget: MemoryBudget;
  private readonly fail: (what: string) => FormatError;

  constructor({
    budget,
    fail,
  }: { readonly budget: MemoryBudget; readonly fail: (what: string) => FormatError }) {
    this.budget = budget;
    this.fail = fail;
  }

  /** @param cost bytes that the value takes: a place, or what is made for it */
  push(value: unknown, cost = SLOT): void {
    this.budget.charge(cost);
    this.items.push(value);
  }

  pushMark(): void {
    this.push(MARK);
  }

  /** A value or a mark. */
  popAny(): unknown {
    if (this.items.length === 0)
      throw this.fail('its pickle takes more than it put: it is damaged');
    return this.items.pop();
  }

  pop(): unknown {
    const value = this.popAny();
    if (value === MARK) throw this.fail('its pickle takes more than it put: it is damaged');
    return value;
  }

  top(): unknown {
    const value = this.pop();
    this.items.push(value);
    return value;
  }

  popMany(count: number): unknown[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  /** What lies above the last mark, which goes as well. */
  popToMark(): unknown[] {
    // Backwards: what lies above a mark is taken away, so that all of them together look at each thing once.
    const mark = this.items.lastIndexOf(MARK);
    if (mark < 0) throw this.fail('its pickle ends what it did not begin: it is damaged');
    const above = this.items.splice(mark + 1);
    this.items.pop();
    this.budget.charge(SLOT * above.length);
    return above;
  }
}
