import { presets } from '@hifigan/config';
import { onQuickBackend } from '@hifigan/test-backends';
import { generatorOf, oddGenerators, uniform } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  Generator,
  generatorWork,
  MultiPeriodDiscriminator,
  MultiScaleDiscriminator,
  multiPeriodWork,
  multiScaleWork,
  type NetworkWork,
} from '../index.js';

onQuickBackend();

const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
const multiplications = (networks: readonly NetworkWork[]) =>
  sum(networks.flatMap(({ layers }) => layers.map((layer) => layer.multiplications)));

describe('generatorWork', () => {
  it.each(['v1', 'v2', 'v3'] as const)('%s: parameters as PyTorch counts them', (name) => {
    const counts = { v1: 13_936_130, v2: 928_514, v3: 1_464_322 };
    expect(generatorWork(presets[name], 32).parameters).toBe(counts[name]);
  });

  it('V1 by hand: what each layer reads, makes and multiplies', () => {
    const { layers } = generatorWork(presets.v1, 32);
    const of = (name: string) => layers.find((layer) => layer.name === name);
    expect(of('conv_pre')).toEqual({
      ...{ name: 'conv_pre', signals: 1, inTime: 32, inChannels: 80, outTime: 32 },
      ...{ outChannels: 512, weights: 7 * 80 * 512, multiplications: 7 * 80 * 512 * 32 },
    });
    // Transposed: the filter is spread from each of 256 samples.
    expect(of('ups.1')).toMatchObject({
      ...{ inTime: 256, inChannels: 256, outTime: 2048, outChannels: 128 },
      multiplications: 16 * 256 * 128 * 256,
    });
    expect(of('resblocks.11.convs2.2')).toMatchObject({
      ...{ inTime: 8192, inChannels: 32, outTime: 8192, outChannels: 32 },
      multiplications: 11 * 32 * 32 * 8192,
    });
    expect(of('conv_post')).toMatchObject({ inTime: 8192, multiplications: 7 * 32 * 8192 });
    // The paper's repository counts about 53 GFLOP a second of audio.
    const perSecond = (2 * multiplications([generatorWork(presets.v1, 32)]) * 22050) / 8192;
    expect(perSecond / 1e9).toBeGreaterThan(50);
    expect(perSecond / 1e9).toBeLessThan(56);
  });

  it.each(Object.entries(oddGenerators))(
    '%s: shapes and parameters are the network’s own',
    (_, config) => {
      const frames = 5;
      const generator = Generator.initialize(config, generatorOf(1));
      const { layers, parameters } = generatorWork(config, frames);
      expect(parameters).toBe(sum([...generator.parameters.values()].map(({ size }) => size)));
      const seen = new Map<string, number[]>();
      tf.tidy(() => {
        const mel = tf.zeros([1, frames, config.num_mels]) as tf.Tensor3D;
        const audio = generator.forward(mel, { observe: (name, x) => seen.set(name, x.shape) });
        seen.set('conv_post', audio.shape);
      });
      for (const { name, outTime, outChannels } of layers) {
        // Residual blocks keep the shape of what goes into them.
        const stage = Math.floor(Number(name.split('.')[1]) / config.resblock_kernel_sizes.length);
        const observed = seen.get(name) ?? seen.get(`stage.${stage}`);
        expect([1, outTime, outChannels], name).toEqual(observed);
      }
      generator.dispose();
    },
  );
});

describe('the discriminators’ work', () => {
  // Whole for no period; not whole for the pools either.
  const samples = 1003;

  it('has the parameters that PyTorch counts', () => {
    expect(sum(multiPeriodWork(samples).map(({ parameters }) => parameters))).toBe(41_105_770);
    expect(sum(multiScaleWork(samples).map(({ parameters }) => parameters))).toBe(29_618_821);
  });

  it.each([1, 0.25, 0.125])(
    'has the shapes of their feature maps, %d of the channels',
    (channelMultiplier) => {
      const options = { channelMultiplier };
      const networks = [
        [
          MultiPeriodDiscriminator.initialize(generatorOf(1), options),
          multiPeriodWork(samples, options),
        ],
        [
          MultiScaleDiscriminator.initialize(generatorOf(2), options),
          multiScaleWork(samples, options),
        ],
      ] as const;
      for (const [network, work] of networks) {
        tf.tidy(() => {
          const audio = tf.tensor3d(uniform(samples, 3), [1, samples, 1]);
          const outputs = network.forward(audio);
          outputs.forEach(({ features }, part) => {
            const shapes = work[part].layers.map((l) => [l.signals, l.outTime, l.outChannels]);
            expect(shapes, work[part].name).toEqual(features.map(({ shape }) => shape));
          });
        });
        const trained = sum([...network.parameters.values()].map(({ size }) => size));
        expect(sum(work.map(({ parameters }) => parameters))).toBe(trained);
        network.dispose();
      }
    },
  );

  it('with a quarter of the channels has the parameters that follow by hand', () => {
    const quarter = { channelMultiplier: 0.25 };
    // Of a period: filters 1 → 8 → 32 → 128 → 256 → 256 of 5 taps and 256 → 1 of 3, magnitudes and biases.
    const filters = 5 * (8 + 8 * 32 + 32 * 128 + 128 * 256 + 256 * 256) + 3 * 256;
    const ofPeriod = filters + 2 * (8 + 32 + 128 + 256 + 256 + 1);
    expect(sum(multiPeriodWork(samples, quarter).map((work) => work.parameters))).toBe(
      5 * ofPeriod,
    );
    // Of a scale, by hand in the same way, groups of 4 and 16; spectral norm has no magnitudes.
    const [ofWeights, outputs] = [617_568, 1025];
    expect(sum(multiScaleWork(samples, quarter).map((work) => work.parameters))).toBe(
      3 * (ofWeights + outputs) + 2 * outputs,
    );
  });

  it('refuses channels that do not go into the groups', () => {
    expect(() =>
      MultiScaleDiscriminator.initialize(generatorOf(1), { channelMultiplier: 0.2 }),
    ).toThrow('channelMultiplier=0.2 must be a multiple of 1/8 above 0');
  });

  it('reads what the reference reads, and multiplies by hand', () => {
    const inputs = (work: readonly NetworkWork[]) =>
      work.map(({ name, layers: [{ signals, inTime }] }) => [name, signals, inTime]);
    expect(inputs(multiScaleWork(8192))).toEqual([
      ['scale 0', 1, 8192],
      ['scale 1', 1, 4097],
      ['scale 2', 1, 2049],
    ]);
    expect(inputs(multiPeriodWork(8192))).toEqual([
      ['period 2', 2, 4096],
      ['period 3', 3, 2731],
      ['period 5', 5, 1639],
      ['period 7', 7, 1171],
      ['period 11', 11, 745],
    ]);
    const [, , grouped] = multiScaleWork(8192)[0].layers;
    expect(grouped).toMatchObject({
      ...{ inTime: 4096, outTime: 2048, inChannels: 128, outChannels: 256 },
      ...{ weights: 41 * 8 * 256, multiplications: 41 * 8 * 256 * 2048 },
    });
  });
});
