import type { Generator } from '@hifigan/models';
import * as tf from '@tensorflow/tfjs';
import { learnInParts } from './learn-in-parts.js';
import { clipsOf, type InParts, type Part } from './parts.js';
import { type Pause, Tape } from './tape.js';
import type { GradientReady } from './update.js';

/** The losses of one part's audio, and the gradient to that audio of what is minimised, both by the part's share. */
export type LossOf = (
  generated: tf.Tensor3D,
  part: Part,
) => { readonly loss: tf.Tensor1D; readonly cotangent: tf.Tensor };

/** Audio, and the tape that led to it. */
interface Recorded {
  readonly value: tf.Tensor3D;
  readonly tape: Tape;
}

/**
 * The generator's way through one batch: forward, and back once it is known what its audio is worth.
 *
 * A batch that is whole goes forward once, and its tape waits. One in parts goes forward for the audio alone, which
 * is small, and once more, with a tape, part by part on the way back: a third of the generator's work again, and
 * never more than one part's activations.
 *
 * Owns the tape until `learn` or `forget`.
 */
export class GeneratorPass {
  private readonly generator: Generator;
  /** `[batch, frames, mels]` */
  private readonly mel: tf.Tensor3D;
  private waiting: Recorded | undefined;

  constructor(generator: Generator, mel: tf.Tensor3D) {
    this.generator = generator;
    this.mel = mel;
  }

  /** `[batch, samples, 1]`, the caller's. */
  audio(inParts: InParts, pause: Pause): Promise<tf.Tensor3D> {
    return inParts(async (parts) => {
      if (parts.length === 1) {
        this.waiting = this.record(parts[0]);
        return tf.clone(this.waiting.value);
      }
      const filters = tf.tidy(() => ({ ...this.generator.filters() }));
      const pieces: tf.Tensor3D[] = [];
      try {
        for (const part of parts) {
          await pause();
          pieces.push(tf.tidy(() => this.generator.forward(clipsOf(this.mel, part), { filters })));
        }
        return tf.concat(pieces);
      } finally {
        tf.dispose([pieces, filters]);
      }
    });
  }

  /** The losses, summed over all parts, and the gradients in the order of the generator's parameters; the caller's. */
  learn(
    inParts: InParts,
    lossOf: LossOf,
    { pause, ready }: { readonly pause: Pause; readonly ready?: GradientReady },
  ): Promise<{ readonly loss: tf.Tensor1D; readonly gradients: tf.Tensor[] }> {
    return inParts((parts) =>
      learnInParts(parts, { pause, ready }, async (part, options) => {
        const { value, tape } = this.take(parts) ?? this.record(part);
        try {
          const { loss, cotangent } = lossOf(value, part);
          const gradients = () =>
            tape
              .backwardWithPauses(cotangent, options.pause, options)
              .finally(() => cotangent.dispose());
          return { loss, gradients };
        } catch (error) {
          tape.dispose();
          throw error;
        } finally {
          // The tape needs it no more.
          value.dispose();
        }
      }),
    );
  }

  /** Frees the tape that waits, if there is one; where it is needed, it is recorded anew. */
  forget(): void {
    this.waiting?.tape.dispose();
    this.waiting?.value.dispose();
    this.waiting = undefined;
  }

  /** The tape that waits, where it is that of the only part. */
  private take(parts: readonly Part[]): Recorded | undefined {
    const { waiting } = this;
    if (parts.length > 1) return undefined;
    this.waiting = undefined;
    return waiting;
  }

  private record(part: Part): Recorded {
    const clips = clipsOf(this.mel, part);
    try {
      const parameters = [...this.generator.parameters.values()];
      return Tape.record(() => this.generator.forward(clips), parameters);
    } finally {
      clips.dispose();
    }
  }
}
