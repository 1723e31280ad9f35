import { Generator } from '@hifigan/models';
import * as tf from '@tensorflow/tfjs';

/**
 * An exponential moving average of a generator's weights: after each update `average += (1 − decay) (weight −
 * average)`, of every parameter by itself, magnitudes and directions of weight norm too, as trainers do.
 *
 * The first averages reach less far, `min(decay, (1 + n) / (10 + n))` after `n` updates (as TensorFlow's
 * ExponentialMovingAverage does it), so that the random weights of the beginning are soon forgotten. Owns its
 * generator until `dispose`.
 */
export class WeightAverage {
  /** Holds the averages; a generator like any other. */
  readonly generator: Generator;
  readonly decay: number;
  private readonly source: Generator;
  private updates: number;

  /** Begins with the source's weights, or, where `updates` were done before, with zeros for a state to be loaded. */
  constructor(source: Generator, decay: number, updates = 0) {
    this.source = source;
    this.decay = decay;
    this.updates = updates;
    this.generator = Generator.empty(source.config);
    if (updates > 0) return;
    for (const [name, average] of this.generator.parameters) {
      average.assign(source.parameters.get(name)!);
    }
  }

  /** Updates so far. */
  get step(): number {
    return this.updates;
  }

  /** After each update of the source. */
  update(): void {
    const decay = Math.min(this.decay, (1 + this.updates) / (10 + this.updates));
    for (const [name, average] of this.generator.parameters) {
      tf.tidy(() => {
        const distance = tf.sub(this.source.parameters.get(name)!, average);
        average.assign(tf.add(average, tf.mul(distance, 1 - decay)));
      });
    }
    this.updates++;
  }

  dispose(): void {
    this.generator.dispose();
  }
}
