import { peak } from './peak.js';

/** Quieter recordings are not called clipped: what is flat in them is something else. */
const LEAST_PEAK = 0.5;
/** Two samples may be the same at the top of any wave. */
const LEAST_RUN = 3;

/** The share of samples that stand in runs at the very peak of their channel, as where a recorder was overdriven. */
export function clippedShare(channels: readonly Float32Array[]): number {
  let flat = 0;
  let all = 0;
  for (const channel of channels) {
    const top = peak(channel);
    all += channel.length;
    // The lowest whole number is one further from zero than the highest.
    if (top >= LEAST_PEAK) flat += samplesInRuns(channel, top - 1.5 / 32768);
  }
  return all === 0 ? 0 : flat / all;
}

function samplesInRuns(channel: Float32Array, least: number): number {
  let flat = 0;
  let run = 0;
  let previous = 0;
  for (const value of channel) {
    const continues = Math.abs(value) >= least && value === previous;
    if (continues) run++;
    else run = Math.abs(value) >= least ? 1 : 0;
    if (run === LEAST_RUN) flat += LEAST_RUN;
    else if (run > LEAST_RUN) flat++;
    previous = value;
  }
  return flat;
}
