import { onBackends } from '@hifigan/test-backends';
import { expectClose, generatorOf, uniform } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { MultiPeriodDiscriminator, MultiScaleDiscriminator, type ScorePair } from '../index.js';

const SAMPLES = 300;

function expectScores(pairs: readonly ScorePair[], real: tf.Tensor[], generated: tf.Tensor[]) {
  expect(pairs.length).toBe(real.length);
  for (const [i, pair] of pairs.entries()) {
    expectClose(pair.real.dataSync(), real[i].dataSync(), { relative: 1e-5 }, `real ${i}`);
    const other = generated[i].dataSync();
    expectClose(pair.generated.dataSync(), other, { relative: 1e-5 }, `generated ${i}`);
  }
}

onBackends(() => {
  const audio = (seed: number) => tf.tensor3d(uniform(2 * SAMPLES, seed), [2, SAMPLES, 1]);

  it('multi-period: a pair is two passes', () => {
    const discriminator = MultiPeriodDiscriminator.initialize(generatorOf(1));
    const held = tf.memory().numTensors;
    tf.tidy(() => {
      const [real, generated] = [audio(1), audio(2)];
      expectScores(
        discriminator.forwardPair(real, generated),
        discriminator.forward(real).map(({ score }) => score),
        discriminator.forward(generated).map(({ score }) => score),
      );
      const short = tf.zeros<tf.Rank.R3>([1, 10, 1]);
      expect(() => discriminator.forward(short)).toThrow(/at least 11 samples/);
    });
    expect(tf.memory().numTensors).toBe(held);
    discriminator.dispose();
  });

  it('multi-scale: a pair is two passes with an iteration each', () => {
    const discriminator = MultiScaleDiscriminator.initialize(generatorOf(1));
    const start = [...discriminator.buffers].map(([name, u]) => [name, tf.clone(u)] as const);
    const rewind = () => {
      for (const [name, u] of start) discriminator.buffers.get(name)!.assign(u);
    };
    const held = tf.memory().numTensors;
    tf.tidy(() => {
      const [real, generated] = [audio(1), audio(2)];
      const options = { filters: discriminator.filters(), spectralNorm: 'iterate' } as const;
      const pairs = discriminator.forwardPair(real, generated, options);
      rewind();
      const reals = discriminator.forward(real, options).map(({ score }) => score);
      // Half a batch after the other, on one iteration: the same as the whole.
      const spectralNorm = discriminator.iterateSpectralNorm();
      const halves = [0, 1].map((item) =>
        discriminator.forward(generated.slice([item, 0, 0], [1, SAMPLES, 1]), {
          ...options,
          spectralNorm,
        }),
      );
      const generateds = halves[0].map(({ score }, i) => tf.concat([score, halves[1][i].score]));
      expectScores(pairs, reals, generateds);
      // The pair again, on the two iterations made ahead of it.
      rewind();
      const vectors = [
        discriminator.iterateSpectralNorm(),
        discriminator.iterateSpectralNorm(),
      ] as const;
      const ahead = discriminator.forwardPair(real, generated, { spectralNorm: vectors });
      expectScores(ahead, reals, generateds);
    });
    expect(tf.memory().numTensors).toBe(held);
    for (const [, u] of start) u.dispose();
    discriminator.dispose();
  });
});
