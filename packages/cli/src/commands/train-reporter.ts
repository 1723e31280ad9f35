import type { Reporter } from '@hifigan/train/node';
import type { Context } from '../context.js';
import { createProgress, type Progress } from '../terminal/progress.js';

/** A run's lines on stderr; below them, on a terminal, a bar. */
export function createTrainReporter(context: Context): Reporter & { end(): void } {
  const { console } = context;
  let bar: Progress | undefined;
  let first = 0;
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
      progress({ step, lastStep, mel }) {
        // Without an end there is no share of it.
        if (!Number.isFinite(lastStep)) return;
        if (!bar) {
          first = step;
          bar = createProgress(context, 'train', Math.max(1, lastStep - first));
        }
        bar.update(step - first, `step ${step}, mel ${mel.toFixed(3)}`);
      },
    }),
    end: () => bar?.end(),
  };
}
