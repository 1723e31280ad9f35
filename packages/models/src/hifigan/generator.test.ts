import { presets } from '@hifigan/config';
import { onBackends } from '@hifigan/test-backends';
import { generatorOf, oddGenerators, uniform } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { Generator, receptiveField } from '../index.js';

/** Backends that do not sum tap by tap, so that what should be zero is a rounding error. */
const LEAVES_ROUNDING_ERRORS: ReadonlySet<string> = new Set(['hifigan-wasm']);

onBackends((backend) => {
  it("starts as PyTorch's does: standard deviations of V1", () => {
    const generator = Generator.initialize(presets.v1, generatorOf(3));
    // Measured in upstream, which asks for 0.01 everywhere and does not get it.
    for (const [layer, expected] of [
      ['ups.0', 0.009],
      ['resblocks.0.convs1.0', 0.0208],
      ['conv_post', 0.0386],
    ] as const) {
      const v = generator.parameters.get(`${layer}.weight_v`)!;
      const found = tf.tidy(() => tf.sqrt(tf.mean(tf.square(v))).dataSync()[0]);
      expect(Math.abs(found / expected - 1), layer).toBeLessThan(0.05);
      const filter = tf.tidy(() => {
        const filters = generator.filters();
        return tf.max(tf.abs(tf.sub(filters[layer], v))).dataSync()[0];
      });
      // The magnitude is that of the direction, so the filter is the direction itself.
      expect(filter).toBeLessThan(1e-7);
    }
    generator.dispose();
  });

  it('is the same for the same random numbers, and not for others', () => {
    const first = (seed: number) => {
      const generator = Generator.initialize(oddGenerators['block 1'], generatorOf(seed));
      const values = generator.parameters.get('conv_pre.weight_v')!.dataSync();
      generator.dispose();
      return values;
    };
    expect(first(5)).toEqual(first(5));
    expect(first(5)).not.toEqual(first(6));
  });

  describe('receptive field', () => {
    for (const [name, config] of Object.entries(oddGenerators)) {
      it(`${name}: frames within it matter, frames beyond do not`, () => {
        const generator = Generator.initialize(config, generatorOf(4));
        const { before, after } = receptiveField(config);
        const frames = before + after + 5;
        const middle = before + 2;
        const { hopSize } = generator;
        const shape: [number, number, number] = [1, frames, config.num_mels];
        // By the gradient: the outermost frames matter too little to change a sum of float32.
        const touched = tf.tidy(() => {
          const toMel = tf.grad((mel) =>
            generator
              .forward(mel as tf.Tensor3D)
              .slice([0, middle * hopSize, 0], [1, hopSize, 1])
              .sum(),
          )(tf.tensor3d(uniform(frames * config.num_mels, 5), shape));
          return [...tf.sum(tf.abs(toMel), [0, 2]).dataSync()];
        });
        const within = touched.map((_, i) => i >= middle - before && i <= middle + after);
        if (LEAVES_ROUNDING_ERRORS.has(backend)) {
          const most = Math.max(...touched);
          const beyond = touched.filter((_, i) => !within[i]);
          expect(Math.max(...beyond) / most).toBeLessThan(1e-6);
        } else {
          expect(touched.map((value) => value > 0)).toEqual(within);
        }
        generator.dispose();
      });
    }

    it('of the presets', () => {
      expect([presets.v1, presets.v3].map(receptiveField)).toEqual([
        { before: 13, after: 13 },
        { before: 11, after: 11 },
      ]);
    });
  });

  it('shares filters between passes, and says whose are missing', () => {
    const generator = Generator.initialize(oddGenerators['block 2'], generatorOf(4));
    const mel = tf.tensor3d(uniform(4 * 5, 6), [1, 4, 5]);
    const held = tf.memory().numTensors;
    const filters = generator.filters();
    const shared = generator.forward(mel, { filters });
    const own = generator.forward(mel);
    expect(shared.dataSync()).toEqual(own.dataSync());
    tf.dispose([shared, own, filters]);
    expect(tf.memory().numTensors).toBe(held);
    expect(() => generator.forward(mel, { filters: {} })).toThrow(/layer=conv_pre must be among/);
    expect(tf.memory().numTensors).toBe(held);
    mel.dispose();
    generator.dispose();
  });

  it('refuses a mel with another number of bands, or turned around', () => {
    const generator = Generator.initialize(oddGenerators['block 2'], generatorOf(4));
    const mel = tf.zeros<tf.Rank.R3>([1, 5, 7]);
    expect(() => generator.forward(mel)).toThrow(
      /mel must be \[batch, frames, 5\], because the config has num_mels=5, but is \[1,5,7\]/,
    );
    mel.dispose();
    generator.dispose();
  });
});
