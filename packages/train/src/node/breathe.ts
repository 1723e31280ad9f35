import type { Pause } from '../tape.js';

/** Lets signals and timers in, which a native computation blocks. */
export function breathe(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}

/** Milliseconds after which nobody would call an answer late. */
const PATIENCE = 50;

/** For computations that ask often: {@link breathe} whenever the last time is a moment ago. */
export function breather(): Pause {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < PATIENCE) return;
    await breathe();
    last = performance.now();
  };
}
