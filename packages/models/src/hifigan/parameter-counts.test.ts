import { presets } from '@hifigan/config';
import { onQuickBackend } from '@hifigan/test-backends';
import { generatorOf } from '@hifigan/testkit';
import type * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { Generator, MultiPeriodDiscriminator, MultiScaleDiscriminator } from '../index.js';

const count = (parameters: ReadonlyMap<string, tf.Variable>) =>
  [...parameters.values()].reduce((sum, { size }) => sum + size, 0);

// The table of the paper's repository; counted with PyTorch.
const COUNTS = {
  v1: [13_936_130, 13_926_017],
  v2: [928_514, 925_985],
  v3: [1_464_322, 1_462_273],
} as const;

onQuickBackend();

for (const [name, [withNorm, folded]] of Object.entries(COUNTS)) {
  it(`generator ${name}: ${withNorm} parameters, ${folded} without weight norm`, () => {
    const config = presets[name as keyof typeof COUNTS];
    const generator = Generator.initialize(config, generatorOf(1));
    const inference = generator.foldWeightNorm();
    expect(count(generator.parameters)).toBe(withNorm);
    expect(count(inference.parameters)).toBe(folded);
    expect(generator.hopSize).toBe(config.hop_size);
    generator.dispose();
    inference.dispose();
  });
}

it('multi-period discriminator: 41,105,770 parameters', () => {
  const discriminator = MultiPeriodDiscriminator.initialize(generatorOf(1));
  expect(count(discriminator.parameters)).toBe(41_105_770);
  discriminator.dispose();
});

it('multi-scale discriminator: 29,618,821 parameters', () => {
  const discriminator = MultiScaleDiscriminator.initialize(generatorOf(1));
  expect(count(discriminator.parameters)).toBe(29_618_821);
  discriminator.dispose();
});
