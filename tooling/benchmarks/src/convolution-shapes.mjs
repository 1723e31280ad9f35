// The convolutions that V1 to V3 compute: synthesis of 172 frames, and a training step of two segments.
import { possibleWays } from '@hifigan/backend-wasm';
import { presets } from '@hifigan/config';
import { Generator } from '@hifigan/models';
import { Trainer } from '@hifigan/train';
import * as tf from '@tensorflow/tfjs';

/** @typedef {import('@hifigan/backend-wasm').ConvolutionQuestion} Question */
/** @typedef {{ question: Question, uses: string[] }} Shape */

const FRAMES = 172;
const BATCH = 2;

/** Notes what the backend asks, and answers with the way of fewest products. */
export function recordShapes() {
  /** @type {Map<string, Shape>} */
  const shapes = new Map();
  let use = '';
  return {
    /** @param {Question} question */
    chooseWay: (question) => {
      const key = JSON.stringify(question);
      const shape = shapes.get(key) ?? { question, uses: [] };
      if (!shape.uses.includes(use)) shape.uses.push(use);
      shapes.set(key, shape);
      return possibleWays(question)[0];
    },
    /** @param {('v1' | 'v2' | 'v3')[]} names @returns {Promise<Shape[]>} */
    of: async (names) => {
      for (const name of names) {
        use = `${name} synth`;
        synthesize(name);
        use = `${name} train`;
        await train(name);
      }
      return [...shapes.values()];
    },
  };
}

/** @param {'v1' | 'v2' | 'v3'} name */
function synthesize(name) {
  const generator = Generator.initialize(presets[name], Math.random);
  tf.tidy(() => generator.forward(tf.zeros([1, FRAMES, presets[name].num_mels])));
  generator.dispose();
}

/** @param {'v1' | 'v2' | 'v3'} name */
async function train(name) {
  const config = presets[name];
  const trainer = new Trainer({ config });
  const samples = config.segment_size;
  const frames = samples / config.hop_size;
  const place = { epoch: 0, batch: 0 };
  await trainer.step(
    {
      place,
      ids: Array.from({ length: BATCH }, (_, i) => String(i)),
      size: BATCH,
      samples,
      frames,
      audio: Float32Array.from({ length: BATCH * samples }, () => Math.random() - 0.5),
      mel: Float32Array.from(
        { length: BATCH * frames * config.num_mels },
        () => -6 * Math.random(),
      ),
    },
    place,
  );
  trainer.dispose();
}
