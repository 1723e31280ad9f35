import type { Reporter } from '@hifigan/train/node';
import type { Context } from '../context.js';
import { createProgress, type Progress } from '../terminal/progress.js';

/** A run's lines on stderr; below them, on a terminal, a bar. */
export function createTrainReporter(context: Context): Reporter & { end(): void } {
  const { console } = context;
  let bar: Progress | undefined;
  let start = 0;
  return {
    line(text) {
      bar?.end();
      console.note(text);
    },
    warn(text) {
      bar?.end();
      console.warn(text);
    },
    ...(console.animated && {
      progress({ step, secondsLeft, mel }) {
        // Without an end there is no share of it.
        if (!Number.isFinite(secondsLeft)) return;
        if (!bar) {
          start = context.now();
          bar = createProgress(context, 'train', 1);
        }
        // Of the time and not of the steps: the end may be a time, and steps change their pace.
        const passed = (context.now() - start) / 1000;
        bar.update(passed / (passed + secondsLeft || 1), `step ${step}, mel ${mel.toFixed(3)}`);
      },
    }),
    end: () => bar?.end(),
  };
}
