import type { HifiGanConfig } from '@hifigan/config';
import type { Reporter } from '@hifigan/train/node';
import type { Context } from '../context.js';
import { type TrainingState, trainingLines } from '../train/live-view.js';

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
  let validation: TrainingState['validation'];
  let state: TrainingState | undefined;
  let due: NodeJS.Immediate | undefined;
  const draw = () => {
    const now = state && { ...state, validation };
    if (!now) return;
    clearImmediate(due);
    // Not at once: a step blocks, and news that the terminal has another size wait behind it.
    due = setImmediate(() => console.view(trainingLines(now, config)));
  };
  return {
    line: (text) => console.note(text),
    warn: (text) => console.warn(text),
    ...(console.animated && {
      stepLine: () => undefined,
      validated(found) {
        validation = found;
        draw();
      },
      progress(progress, losses) {
        const now = context.now();
        start ??= now;
        state = { progress, losses, validation, passed: (now - start) / 1000 };
        if (now - last < REDRAW) return;
        last = now;
        draw();
      },
    }),
    end() {
      clearImmediate(due);
      console.view([]);
    },
  };
}
