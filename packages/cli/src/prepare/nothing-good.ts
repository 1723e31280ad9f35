import type { Refusal } from './report.js';

/** How many are named. */
const MOST_TOLD = 5;

/** What to say where every file was refused: the first of them, each with its reason. */
export function nothingGood(what: string, refused: readonly Refusal[]): string {
  const shown = refused.slice(0, MOST_TOLD).map(({ file, reason }) => `\n  ${file}: ${reason}`);
  const more = refused.length - shown.length;
  return `${what}:${shown.join('')}${more > 0 ? `\n  and ${more} more` : ''}`;
}
