import type { Context } from '../context.js';
import { counted } from '../terminal/format.js';
import type { LeftOut } from './find-files.js';

/** How many links are named; any others are only counted. */
const MOST_TOLD = 3;

/** Tells on stderr which links add nothing to what was found. */
export function tellLeftOut({ console }: Context, leftOut: readonly LeftOut[]): void {
  for (const { shown, reason } of leftOut.slice(0, MOST_TOLD)) {
    console.warn(`${shown}: left out: ${reason}`);
  }
  const more = leftOut.length - MOST_TOLD;
  if (more > 0) console.warn(`${counted(more, 'more link')} left out`);
}
