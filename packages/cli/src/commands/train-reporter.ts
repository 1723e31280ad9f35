import type { HifiGanConfig } from '@hifigan/config';
import type { Reporter, ValidationProgress } from '@hifigan/train/node';
import type { Context } from '../context.js';
import { trainingLines } from '../train/live-view.js';

/** Milliseconds between two drawings. */
const REDRAW = 100;

/** A run's lines on stderr; below them, on a terminal, how it stands, instead of a line at each `stdout_interval`. */
export function createTrainReporter(
  context: Context,
  config: HifiGanConfig,
): Reporter & { end(): void } {
  const { console } = context;
  let start: number | undefined;
  let last = Number.NEGATIVE_INFINITY;
  let validation: ValidationProgress | undefined;
  return {
    line: (text) => console.note(text),
    warn: (text) => console.warn(text),
    validated(found) {
      validation = found;
    },
    ...(console.animated && {
      stepLine: () => undefined,
      progress(progress, losses) {
        const now = context.now();
        start ??= now;
        if (now - last < REDRAW) return;
        last = now;
        const passed = (now - start) / 1000;
        console.view(trainingLines({ progress, losses, validation, passed }, config));
      },
    }),
    end: () => console.view([]),
  };
}
