import type { Optimization } from '@hifigan/train';
import { type Command, InvalidArgumentError } from 'commander';
import { numberBetween } from '../options.js';

/** What {@link addOptimizationOptions} adds. */
export interface OptimizationFlags {
  readonly clipNorm?: number;
  readonly ema?: number;
  readonly learningRateD?: number;
  readonly keepBest: boolean;
}

/** Adds what is done to gradients and weights, and which checkpoint is kept for its quality. */
export function addOptimizationOptions(command: Command): void {
  command
    .option(
      '--clip-norm <norm>',
      'scale gradients down to this global norm, each optimizer’s by itself; 0: never (default: 0, or as the run began)',
      numberBetween(0, Number.MAX_VALUE),
    )
    .option(
      '--ema <decay>',
      'average the generator’s weights, decay such as 0.999: ema_… beside g_…, which validation and synth take; 0: no (default: 0, or as the run began)',
      decay,
    )
    .option(
      '--learning-rate-d <rate>',
      'of the discriminators; lr_decay acts on it, too (default: the configuration’s learning_rate, or as the run began)',
      positive,
    )
    .option(
      '--no-keep-best',
      'do not save and keep the checkpoint that does best in validation (best.json names it)',
    );
}

/** What was given; the rest a run that goes on keeps. */
export function optimizationFrom({
  clipNorm,
  ema,
  learningRateD,
}: OptimizationFlags): Optimization {
  return { clipNorm, emaDecay: ema, discriminatorLearningRate: learningRateD };
}

function decay(text: string): number {
  const value = numberBetween(0, 1)(text);
  if (value === 1) throw new InvalidArgumentError('It must be below 1, or nothing is averaged in.');
  return value;
}

function positive(text: string): number {
  const value = numberBetween(0, Number.MAX_VALUE)(text);
  if (value === 0) {
    throw new InvalidArgumentError(
      'It must be above 0; --adversarial-start leaves the discriminators out for a while.',
    );
  }
  return value;
}
