import type { Context } from '../context.js';
import { WIPE } from './console.js';
import { duration } from './format.js';

/** How far a job is. */
export interface Progress {
  /** `done` of the total so far, and what is at hand. */
  update(done: number, detail?: string): void;
  /** Wipes the bar; further lines may follow. */
  end(): void;
}

const REDRAW = 100;
const LINE_EVERY = 5000;
/** Columns below which the bar makes room for words. */
const NARROW = 60;

/**
 * A bar with the time left on a terminal; elsewhere a plain line every five seconds. Lines that the job writes
 * between updates must come through `context.console`, after which the bar is drawn anew.
 *
 * @param total in units of the caller, such as files or seconds of audio; Infinity where no end is known: then
 *   only what is at hand is shown, as for NaN. A function where it changes, or is not known yet
 */
export function createProgress(
  context: Context,
  label: string,
  total: number | (() => number),
): Progress {
  const { console, now } = context;
  const start = now();
  let last = console.animated ? Number.NEGATIVE_INFINITY : start;
  let drawn = false;
  const totalNow = typeof total === 'number' ? () => total : total;
  const left = (done: number, total: number) => {
    const elapsed = (now() - start) / 1000;
    return done > 0 && elapsed > 0.5 ? duration((elapsed / done) * (total - done)) : '?';
  };
  return {
    update(done, detail = '') {
      const time = now();
      const total = totalNow();
      // While no end is known there is nothing to measure by.
      const known = Number.isFinite(total);
      const share = total > 0 ? Math.min(1, done / total) : 1;
      const percent = `${Math.floor(share * 100)}%`.padStart(5);
      if (console.animated) {
        if (time - last < REDRAW) return;
        last = time;
        drawn = true;
        const width = console.columns < NARROW ? 8 : 24;
        const filled = known ? Math.round(share * width) : 0;
        const bar = `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`;
        const text = known
          ? `${label} ${bar}${percent}, ${left(done, total)} left  ${detail}`
          : `${label}  ${detail}`;
        console.draw(`${WIPE}${text.slice(0, Math.max(20, console.columns - 1))}`);
      } else if (time - last >= LINE_EVERY) {
        last = time;
        const figures = known ? `${percent}, ${left(done, total)} left` : '';
        console.note(`${label}${figures}${detail && `  ${detail}`}`);
      }
    },
    end() {
      if (drawn) console.draw(WIPE);
      drawn = false;
    },
  };
}
