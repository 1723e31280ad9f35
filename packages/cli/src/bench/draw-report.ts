import { drawBars } from '../drawing/draw-bars.js';
import { counted } from '../terminal/format.js';
import { describeMachine } from './machine.js';
import { type BenchReport, figures } from './report.js';

/** The speeds of a benchmark, by configuration and backend, as a PNG. */
export function drawReport({ machine, weights, frames, rounds, results }: BenchReport): Uint8Array {
  const names = [...new Set(results.map(({ config }) => config))];
  return drawBars({
    title: 'hifigan bench: seconds of speech made in a second',
    mark: { value: 1, label: 'real time' },
    groups: names.map((name) => ({
      name,
      bars: results
        .filter(({ config }) => config === name)
        .map(({ backend, threads, timesRealTime }) => ({
          label: `${backend}, ${threads === 1 ? '1 thread' : `${threads} threads`}`,
          kind: backend,
          value: timesRealTime,
          text: `${figures(timesRealTime)} ×`,
        })),
    })),
    notes: [
      `${frames} frames, best of ${counted(rounds, 'round')}, ${weights}`,
      describeMachine(machine),
    ],
  });
}
