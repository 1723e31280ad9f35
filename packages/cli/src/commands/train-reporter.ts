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
      progress({ step, epoch, stepsPerSecond, secondsLeft, mel }) {
        const endless = !Number.isFinite(secondsLeft);
        if (!bar) {
          start = context.now();
          bar = createProgress(context, 'train', endless ? Number.POSITIVE_INFINITY : 1);
        }
        const at = `step ${step}, mel ${mel.toFixed(3)}`;
        // Without an end there is no share of it.
        if (endless) {
          bar.update(step, `${at}, epoch ${epoch}, ${stepsPerSecond.toPrecision(3)} steps/s`);
          return;
        }
        // By time, not by steps: the end may be a time, and the pace of steps changes.
        const passed = (context.now() - start) / 1000;
        bar.update(passed / (passed + secondsLeft || 1), at);
      },
    }),
    end: () => bar?.end(),
  };
}
