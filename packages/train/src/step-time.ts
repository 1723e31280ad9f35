import type { NetworkWork } from '@hifigan/models';
import {
  parametersOf,
  partsOf,
  type StepShape,
  type StepWork,
  stepOperations,
  sumOf,
} from './step-work.js';

/** What each value that a layer makes costs besides, forward and back, in operations of the probe. */
const VALUE_COST = 1600;
/** The same of each parameter, for each part of the batch: norms, filters laid out anew; AdamW. */
const PARAMETER_COST = 3200;

export interface StepTimeOptions extends StepShape {
  /** What `measureSpeed` gave: floating-point operations a second. */
  readonly speed: number;
}

/**
 * An estimate of the seconds of one training step, of shapes and a measured speed. The constants are those of the
 * WebAssembly backend, where it is at most a third off for V1 to V3 (the table is in `step-time.test.ts`); with others
 * it may be a factor of two.
 */
export function stepSeconds(work: StepWork, options: StepTimeOptions): number {
  const { clips, adversarial, speed } = options;
  const { generator } = work;
  const discriminators = adversarial ? [...work.mpd, ...work.msd] : [];
  // The discriminators' own step sees two signals, and the generator's losses two.
  const values = clips * (valuesOf([generator]) + 4 * valuesOf(discriminators));
  const cost =
    stepOperations(work, options) +
    VALUE_COST * values +
    PARAMETER_COST * partsOf(options) * parametersOf([generator, ...discriminators]);
  return cost / speed;
}

function valuesOf(networks: readonly NetworkWork[]): number {
  return sumOf(networks, ({ layers }) =>
    sumOf(layers, ({ signals, outTime, outChannels }) => signals * outTime * outChannels),
  );
}
