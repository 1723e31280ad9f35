export type { Contender, Result, Timing } from './bench/interleave.js';
export { interleave } from './bench/interleave.js';
export type { Machine } from './bench/machine.js';
export { describeMachine, readMachine } from './bench/machine.js';
export { timed } from './bench/timed.js';
export { grid } from './terminal/format.js';
