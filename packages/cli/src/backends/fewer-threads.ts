import type { Context } from '../context.js';
import { counted } from '../terminal/format.js';
import type { Backend } from './backend.js';

/** Says where a backend takes fewer threads than were asked for, whatever the machine. */
export function tellFewerThreads(
  { console }: Context,
  { name, mostThreads = Number.POSITIVE_INFINITY }: Backend,
  asked = 1,
): void {
  if (asked <= mostThreads) return;
  console.warn(`--threads ${asked}: ${name} takes ${counted(mostThreads, 'thread')} at most`);
}
