import type * as tfjs from '@tensorflow/tfjs';

/** Loads tfjs without the advertisement that it prints in Node. */
export async function quietTensors(): Promise<typeof tfjs> {
  const tf = await import('@tensorflow/tfjs');
  tf.enableProdMode();
  return tf;
}
