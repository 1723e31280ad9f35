import { Generator } from '@hifigan/models';
import { onBackendsAndPlain } from '@hifigan/test-backends';
import { tinyConfig } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { randomStream } from './random.js';
import { WeightAverage } from './weight-average.js';

/** Both as 64-bit numbers in one row. */
const values = (generator: Generator) =>
  [...generator.parameters.values()].flatMap((parameter) => [...parameter.dataSync()]);

onBackendsAndPlain(() => {
  test('is what the recurrence gives, short at first and of its decay in the end', () => {
    const before = tf.memory().numTensors;
    const source = Generator.initialize(tinyConfig, randomStream('average'));
    const average = new WeightAverage(source, 0.5);
    let expected = values(source);
    expect(values(average.generator)).toEqual(expected);
    // 1/10, 2/11, 3/12 … 8/17, then half.
    const decays = Array.from({ length: 12 }, (_, n) => Math.min(0.5, (1 + n) / (10 + n)));
    expect(decays.indexOf(0.5)).toBe(8);
    for (const [step, decay] of decays.entries()) {
      for (const parameter of source.parameters.values()) {
        tf.tidy(() => parameter.assign(tf.add(tf.mul(parameter, 0.9), 0.01 * (step % 3))));
      }
      average.update();
      const now = values(source);
      expected = expected.map((value, i) => decay * value + (1 - decay) * now[i]);
    }
    expect(average.step).toBe(12);
    const off = Math.max(
      ...values(average.generator).map((value, i) => Math.abs(value - expected[i])),
    );
    console.log(`averages within ${off.toExponential(1)}`);
    expect(off).toBeLessThanOrEqual(1e-6);
    average.dispose();
    source.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
