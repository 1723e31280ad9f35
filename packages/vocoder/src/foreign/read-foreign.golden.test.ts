import { expectClose, type Golden } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Bundle, readForeign, Vocoder } from '../index.js';
import { foreignModel } from '../testing/foreign-models.js';

/** On samples of up to 1, against their own code in float64. */
const BOUND = 1e-4;

const CASES = [
  'transformers-speecht5',
  'transformers-raw',
  'transformers-normed',
  'transformers-conformer',
  'parallel-wavegan',
  'parallel-wavegan-plain',
  'espnet',
  'coqui',
  'coqui-gan',
  'nemo',
  'nemo-flat',
];

/** Rows of a golden's mel, `[frames, mels]` of item `index`. */
function melOf(model: Golden, name: string, index = 0) {
  const { shape, data } = model.array(name);
  const [frames, mels] = shape.slice(-2);
  const size = frames * mels;
  return { data: Float32Array.from(data.slice(index * size, (index + 1) * size)), frames, mels };
}

async function speak(
  name: string,
  format: 'safetensors' | 'torch',
  work: (vocoder: Vocoder, model: Golden) => Promise<void>,
) {
  const { model, files } = foreignModel(name, format);
  const { config, state, statistics, notices } = await readForeign(files);
  const bundle: Bundle = { config, weights: state, ...(statistics && { statistics }), notices };
  const vocoder = await Vocoder.load(bundle);
  try {
    await work(vocoder, model);
  } finally {
    vocoder.dispose();
  }
}

describe('generators of other programs', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it.each(CASES)(
    '%s sounds as its own code makes it, of one frame and of each of a batch too',
    (name) =>
      speak(name, 'safetensors', async (vocoder, model) => {
        for (const chunkFrames of [64, 2]) {
          const audio = await vocoder.synthesize(melOf(model, 'mel'), { chunkFrames });
          expectClose(audio, Float32Array.from(model.array('audio').data), { max: BOUND });
        }
        const single = await vocoder.synthesize(melOf(model, 'single/mel'));
        expect(single).toHaveLength(vocoder.config.hop_size);
        expectClose(single, Float32Array.from(model.array('single/audio').data), { max: BOUND });
        const { data } = model.array('batch/audio');
        for (const index of [0, 1]) {
          const audio = await vocoder.synthesize(melOf(model, 'batch/mel', index));
          const wanted = Float32Array.from(
            data.slice(index * audio.length, (index + 1) * audio.length),
          );
          expectClose(audio, wanted, { max: BOUND });
        }
      }),
  );

  it.each(CASES)('%s sounds the same out of a PyTorch file', (name) =>
    speak(name, 'torch', async (vocoder, model) => {
      const audio = await vocoder.synthesize(melOf(model, 'mel'));
      expectClose(audio, Float32Array.from(model.array('audio').data), { max: BOUND });
    }),
  );
});
