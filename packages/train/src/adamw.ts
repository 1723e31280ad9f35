import { adamWUpdate } from '@hifigan/ops';
import * as tf from '@tensorflow/tfjs';

/** Constants of AdamW as HiFi-GAN's training takes them from PyTorch. */
export const EPSILON = 1e-8;
export const WEIGHT_DECAY = 0.01;

export interface AdamWOptions {
  readonly beta1: number;
  readonly beta2: number;
}

interface Moments {
  readonly first: tf.Variable;
  readonly second: tf.Variable;
}

/**
 * AdamW over named parameters; everything decays, biases and magnitudes too. Owns its moments (made with
 * the first update, or by `makeMoments`) until `dispose`; the parameters are the caller's.
 */
export class AdamW {
  readonly parameters: ReadonlyMap<string, tf.Variable>;
  private readonly options: AdamWOptions;
  private readonly moments = new Map<string, Moments>();
  private updates = 0;

  constructor(parameters: ReadonlyMap<string, tf.Variable>, options: AdamWOptions) {
    this.parameters = parameters;
    this.options = options;
  }

  /** Number of updates so far. */
  get step(): number {
    return this.updates;
  }

  /**
   * Makes the moments now, where there are none yet: zeros. So that memory runs out, if it does, before an update has
   * changed the first parameters.
   */
  makeMoments(): void {
    for (const [name, parameter] of this.parameters) this.momentsOf(name, parameter);
  }

  /**
   * Changes every parameter.
   *
   * @param gradients in the order of `parameters`; stay the caller's
   * @param scale by which the gradients are multiplied first; one after the other, so that never two sets are held
   */
  apply(gradients: readonly tf.Tensor[], learningRate: number, scale?: tf.Scalar): void {
    if (gradients.length !== this.parameters.size) {
      throw new Error(
        `AdamW.apply: gradients=${gradients.length} must be ${this.parameters.size}, one for each parameter`,
      );
    }
    this.updates++;
    let index = 0;
    for (const [name, parameter] of this.parameters) {
      const { first, second } = this.momentsOf(name, parameter);
      const given = gradients[index++];
      const gradient = scale ? tf.mul(given, scale) : given;
      const updated = adamWUpdate(
        { parameter, gradient, firstMoment: first, secondMoment: second },
        {
          ...this.options,
          learningRate,
          epsilon: EPSILON,
          weightDecay: WEIGHT_DECAY,
          step: this.updates,
        },
      );
      assign(parameter, updated.parameter);
      assign(first, updated.firstMoment);
      assign(second, updated.secondMoment);
      if (scale) gradient.dispose();
    }
  }

  /** The moments by name of their parameter, for a checkpoint; none before they are made. The optimizer keeps them. */
  state(): ReadonlyMap<string, { readonly first: tf.Tensor; readonly second: tf.Tensor }> {
    return this.moments;
  }

  /** Takes moments up where they were left. The tensors stay the caller's. */
  restore(
    step: number,
    moments: ReadonlyMap<string, { readonly first: tf.Tensor; readonly second: tf.Tensor }>,
  ): void {
    this.updates = step;
    if (step === 0) return;
    for (const [name, parameter] of this.parameters) {
      const found = moments.get(name);
      if (!found) throw new Error(`AdamW.restore: moments of ${name} are missing`);
      const own = this.momentsOf(name, parameter);
      own.first.assign(found.first as tf.Tensor);
      own.second.assign(found.second as tf.Tensor);
    }
  }

  dispose(): void {
    for (const { first, second } of this.moments.values()) tf.dispose([first, second]);
    this.moments.clear();
  }

  private momentsOf(name: string, parameter: tf.Variable): Moments {
    let moments = this.moments.get(name);
    if (!moments) {
      const zeros = () => {
        const initial = tf.zerosLike(parameter);
        const variable = tf.variable(initial, false);
        initial.dispose();
        return variable;
      };
      moments = { first: zeros(), second: zeros() };
      this.moments.set(name, moments);
    }
    return moments;
  }
}

function assign(variable: tf.Variable, value: tf.Tensor): void {
  variable.assign(value);
  value.dispose();
}
