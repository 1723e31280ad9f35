import type { TrainingProgress } from '../protocol.js';

/** What the curves show, in words. */
export function trainingWords({ steps, loss, stepsPerSecond, heldOut }: TrainingProgress): string {
  return [
    `step ${steps}`,
    ...(loss === undefined ? [] : [`loss ${loss.toFixed(3)}`]),
    ...(heldOut
      ? [
          `held-out ${heldOut.now.toFixed(3)} after ${heldOut.steps} steps, ${heldOut.before.toFixed(3)} before`,
        ]
      : []),
    ...(stepsPerSecond === undefined ? [] : [`${stepsPerSecond.toFixed(2)} steps per second`]),
  ].join('; ');
}
