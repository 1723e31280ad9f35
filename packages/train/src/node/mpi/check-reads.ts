import * as tf from '@tensorflow/tfjs';

/**
 * Refuses a backend whose tensors cannot be read at once, as those on WebGPU in Node: gradients are handed to MPI while
 * the next are computed, by the one thread that may call it.
 *
 * @throws where what the active backend computes cannot be read by `dataSync`
 */
export function checkReadsAtOnce(): void {
  // Computed: what comes from the processor, every backend still has there.
  const sum = tf.tidy(() => tf.add(1, 1));
  try {
    sum.dataSync();
  } catch (error) {
    throw new Error(
      `ranks: the backend ${tf.getBackend()} must be one that is read at once, because ranks sum up their gradients while they ` +
        'compute the next; take tensorflow (its GPU build for a GPU) or wasm, or train in one process, without a launcher',
      { cause: error },
    );
  } finally {
    sum.dispose();
  }
}
