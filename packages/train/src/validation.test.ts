import { createMelSpectrogram, melOptions } from '@hifigan/audio';
import { Generator, receptiveField } from '@hifigan/models';
import { onBackendsAndPlain } from '@hifigan/test-backends';
import { tinyConfig } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { randomStream } from './random.js';
import { validate } from './validation.js';

function noiseOf(frames: number): Float32Array {
  const random = randomStream('noise', frames);
  return Float32Array.from({ length: frames * tinyConfig.hop_size }, () => random() - 0.5);
}

onBackendsAndPlain(() => {
  test('a long clip in pieces is measured as in one pass, with the memory of a piece', async () => {
    const audio = noiseOf(600);
    const generator = Generator.initialize(tinyConfig, randomStream('generator', 1));
    const passes: number[] = [];
    const forward = generator.forward.bind(generator);
    generator.forward = (mel, ...rest) => {
      passes.push(mel.shape[1]);
      return forward(mel, ...rest);
    };
    const clips = { ids: ['long'], load: async () => ({ audio }) };
    const { mel } = await validate(generator, tinyConfig, clips, { most: 1 });
    const { before, after } = receptiveField(tinyConfig);
    expect(passes).toEqual([256 + after, before + 256 + after, before + 88]);

    const spectrogram = createMelSpectrogram(melOptions(tinyConfig));
    const measured = createMelSpectrogram({
      ...melOptions(tinyConfig),
      fmax: tinyConfig.fmax_for_loss,
    });
    const input = spectrogram.analyze(audio);
    const whole = tf.tidy(() => forward(tf.tensor3d(input.data, [1, 600, tinyConfig.num_mels])));
    const found = measured.analyze((await whole.data()) as Float32Array).data;
    const wanted = measured.analyze(audio).data;
    const expected =
      wanted.reduce((sum, value, i) => sum + Math.abs(value - found[i]), 0) / wanted.length;
    expect(mel).toBeCloseTo(expected, 5);
    whole.dispose();
    generator.dispose();
  });

  test('a pause that throws ends it before the next pass', async () => {
    const generator = Generator.initialize(tinyConfig, randomStream('generator', 1));
    const tensors = tf.memory().numTensors;
    const clips = { ids: ['a', 'b'], load: async () => ({ audio: noiseOf(300) }) };
    let pauses = 0;
    const work = validate(generator, tinyConfig, clips, {
      most: 2,
      pause: async () => {
        if (++pauses === 2) throw new Error('enough');
      },
    });
    await expect(work).rejects.toThrow('enough');
    expect(pauses).toBe(2);
    expect(tf.memory().numTensors).toBe(tensors);
    generator.dispose();
  });
});
