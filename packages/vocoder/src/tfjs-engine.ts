import { Generator, GeneratorStream, importState } from '@hifigan/models';
import * as tf from '@tensorflow/tfjs-core';
import type { EngineFactory, EngineStream } from './engine.js';

/** The generator as tfjs operations, on the backend that is set; weight norm multiplied out once. */
export const tfjsEngine: EngineFactory = async (bundle, where) => {
  if (Object.keys(tf.engine().registryFactory).length === 0) {
    throw new Error(
      'Vocoder.load: tfjs has no backend to compute with; register one first, such as `await tf.setBackend((await registerWasmBackend()).name)` with @hifigan/backend-wasm',
    );
  }
  await tf.ready();
  const own = { name: tf.getBackend(), backend: tf.backend() };
  const generator = Generator.empty(bundle.config, { weightNormed: false });
  try {
    importState(generator, bundle.weights, where);
  } catch (error) {
    generator.dispose();
    throw error;
  }
  return {
    description: `tfjs (${own.name})`,
    async generate({ data, frames, mels }) {
      checkBackend(own);
      return samplesOf(tf.tidy(() => generator.forward(tf.tensor3d(data, [1, frames, mels]))));
    },
    async generateBatch(batch) {
      checkBackend(own);
      const [{ frames, mels }] = batch;
      const data = new Float32Array(batch.length * frames * mels);
      for (const [index, mel] of batch.entries()) data.set(mel.data, index * frames * mels);
      const audio = await samplesOf(
        tf.tidy(() => generator.forward(tf.tensor3d(data, [batch.length, frames, mels]))),
      );
      const samples = audio.length / batch.length;
      return batch.map((_, index) => audio.slice(index * samples, (index + 1) * samples));
    },
    openStream() {
      checkBackend(own);
      return streamOf(generator, () => checkBackend(own));
    },
    dispose: () => generator.dispose(),
  };
};

/**
 * tfjs computes on whatever backend is set when it is asked, and where one was removed takes another without a word,
 * which may be many times slower, or lack the weights.
 *
 * @throws Error where another is set than the one of the loading
 */
function checkBackend({ name, backend }: { readonly name: string; readonly backend: unknown }) {
  const now = tf.getBackend() as string | undefined;
  if (now === name && tf.backend() === backend) return;
  const removed = tf.findBackend(name) !== backend;
  throw new Error(
    `tfjs (${name}): the backend must be the one that the voice was loaded on, ${name}, because its weights lie there, ` +
      `and it ${removed ? 'was removed' : `is ${now ?? 'none'} now`}; ` +
      (removed
        ? 'load the voice anew'
        : `set it back: await tf.setBackend('${name}'), or load the voice anew to speak on ${now ?? 'another'}`),
  );
}

function streamOf(generator: Generator, check: () => void): EngineStream {
  const stream = new GeneratorStream(generator);
  return {
    async push({ data, frames, mels }) {
      check();
      // A copy, since plain backends keep arrays and what is cut from them, and the stream keeps some frames.
      const mel = tf.tensor3d(data.slice(), [1, frames, mels]);
      try {
        return await samplesOf(stream.push(mel));
      } finally {
        mel.dispose();
      }
    },
    async end() {
      check();
      return samplesOf(stream.end());
    },
    dispose: () => stream.dispose(),
  };
}

/** The values of a tensor, which is freed. */
async function samplesOf(audio: tf.Tensor | undefined): Promise<Float32Array> {
  if (!audio) return new Float32Array(0);
  try {
    return (await audio.data()) as Float32Array;
  } finally {
    audio.dispose();
  }
}
