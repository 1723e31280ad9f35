import * as tf from '@tensorflow/tfjs';
import type { Part } from './parts.js';
import type { BackwardOptions, Pause } from './tape.js';
import type { GradientReady } from './update.js';

/** What the way back of one part wants; gradients of the parts before are in `sums`. */
export type PartOptions = BackwardOptions & { readonly pause: Pause };

/** What a part found: its loss, by its share, and the way back. */
export interface PartFound<T extends tf.Tensor> {
  readonly loss: T;
  /** Called once, then the loss is taken over whatever comes of it. */
  readonly gradients: () => Promise<tf.Tensor[]>;
}

/**
 * Learns from one part of a batch after the other: the loss and the gradients, summed over all; the caller's.
 * Never holds two sets of gradients, and nothing where a part fails.
 */
export async function learnInParts<T extends tf.Tensor>(
  parts: readonly Part[],
  { pause, ready }: { readonly pause: Pause; readonly ready?: GradientReady },
  learn: (part: Part, options: PartOptions) => Promise<PartFound<T>>,
): Promise<{ readonly loss: T; readonly gradients: tf.Tensor[] }> {
  const losses: T[] = [];
  let sums: tf.Tensor[] | undefined;
  try {
    for (const [index, part] of parts.entries()) {
      await pause();
      const last = index === parts.length - 1;
      const found = await learn(part, { pause, sums, ...(last && { ready }) });
      losses.push(found.loss);
      sums = await found.gradients();
    }
    return { loss: tf.addN(losses), gradients: sums! };
  } catch (error) {
    tf.dispose(sums ?? []);
    throw error;
  } finally {
    tf.dispose(losses);
  }
}
