import { Generator, importState } from '@hifigan/models';
import * as tf from '@tensorflow/tfjs-core';
import type { EngineFactory } from './engine.js';

/** The generator as tfjs operations, on the backend that is set; weight norm multiplied out once. */
export const tfjsEngine: EngineFactory = async (bundle, where) => {
  await tf.ready();
  const generator = Generator.empty(bundle.config, { weightNormed: false });
  try {
    importState(generator, bundle.weights, where);
  } catch (error) {
    generator.dispose();
    throw error;
  }
  return {
    description: `tfjs (${tf.getBackend()})`,
    async generate({ data, frames, mels }) {
      const audio = tf.tidy(() => generator.forward(tf.tensor3d(data, [1, frames, mels])));
      try {
        return (await audio.data()) as Float32Array;
      } finally {
        audio.dispose();
      }
    },
    dispose: () => generator.dispose(),
  };
};
