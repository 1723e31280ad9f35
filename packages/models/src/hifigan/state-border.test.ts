import { onQuickBackend } from '@hifigan/test-backends';
import { expectClose, generatorOf, oddGenerators, uniform } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import {
  exportState,
  foldedLayers,
  Generator,
  type GeneratorConfig,
  importState,
  MultiPeriodDiscriminator,
  MultiScaleDiscriminator,
  StateError,
  type UpstreamArray,
} from '../index.js';

const CONFIG = oddGenerators['block 1'];

/** The arrays under other names; a name that becomes nothing is left out. */
function renamed(
  arrays: ReadonlyMap<string, UpstreamArray>,
  rename: (name: string) => string | undefined,
): Map<string, UpstreamArray> {
  const result = new Map<string, UpstreamArray>();
  for (const [name, array] of arrays) {
    const other = rename(name);
    if (other !== undefined) result.set(other, array);
  }
  return result;
}

onQuickBackend();

const mel = () => tf.tensor3d(uniform(2 * 7 * 10, 3), [2, 7, 10]);
const audioOf = (generator: Generator) =>
  tf.tidy(() => generator.forward(mel()).dataSync() as Float32Array);

it('names and shapes are those of upstream, in its order', async () => {
  const generator = Generator.initialize(CONFIG, generatorOf(1));
  const arrays = await exportState(generator);
  const shapes = [...arrays].map(([name, { shape }]) => `${name} ${shape}`);
  expect(shapes.slice(0, 6)).toEqual([
    'conv_pre.bias 16',
    'conv_pre.weight_g 16,1,1',
    'conv_pre.weight_v 16,10,7',
    'ups.0.bias 8',
    'ups.0.weight_g 16,1,1',
    'ups.0.weight_v 16,8,8',
  ]);
  expect(shapes).toContain('resblocks.3.convs2.2.weight_v 4,4,5');
  expect(shapes.at(-1)).toBe('conv_post.weight_v 1,4,7');
  expect([...generator.parameters.keys()]).toEqual([...arrays.keys()]);
  generator.dispose();
});

it('names the channel whose weight norm has no direction, whatever it is loaded into', async () => {
  const generator = Generator.initialize(CONFIG, generatorOf(1));
  const arrays = await exportState(generator);
  const name = 'resblocks.3.convs2.2.weight_v';
  const { shape, data } = arrays.get(name)!;
  const dead = new Map(arrays).set(name, {
    shape,
    // [out, in, taps]: all of the third channel.
    data: data.map((value, at) => (Math.floor(at / (shape[1] * shape[2])) === 2 ? 0 : value)),
  });
  const words =
    /^g_1: resblocks\.3\.convs2\.2: .* is 0 throughout in channel 2 .*PyTorch makes NaN/;
  expect(() => importState(generator, dead, 'g_1')).toThrow(words);
  expect(() => foldedLayers(CONFIG, dead, 'g_1')).toThrow(words);
  generator.dispose();
});

it('turns axes to PyTorch and back', async () => {
  const generator = Generator.initialize(CONFIG, generatorOf(1));
  const { data } = (await exportState(generator)).get('ups.1.weight_v')!;
  const ours = generator.parameters.get('ups.1.weight_v')!;
  // [kernel 4, out 4, in 8] against [in 8, out 4, kernel 4]
  const values = ours.dataSync();
  expect(data[(5 * 4 + 1) * 4 + 3]).toBe(values[(3 * 4 + 1) * 8 + 5]);

  const copy = Generator.empty(CONFIG);
  importState(copy, await exportState(generator));
  expectClose(audioOf(copy), audioOf(generator), { max: 0 });
  copy.dispose();
  generator.dispose();
});

it('reads newer spellings and folded weights, and folds', async () => {
  const generator = Generator.initialize(CONFIG, generatorOf(1));
  const reference = audioOf(generator);
  const arrays = await exportState(generator);
  const newer = renamed(arrays, (name) =>
    name
      .replace(/weight_g$/, 'parametrizations.weight.original0')
      .replace(/weight_v$/, 'parametrizations.weight.original1'),
  );
  const folded = generator.foldWeightNorm();
  expectClose(audioOf(folded), reference, { max: 1e-7 });
  const inference = await exportState(folded);
  expect([...inference.keys()].slice(0, 2)).toEqual(['conv_pre.weight', 'conv_pre.bias']);

  for (const source of [arrays, newer, inference]) {
    for (const weightNormed of [true, false]) {
      const target = Generator.empty(CONFIG, { weightNormed });
      importState(target, source);
      expectClose(audioOf(target), reference, { max: 1e-6 });
      target.dispose();
    }
  }
  folded.dispose();
  generator.dispose();
});

it('names all that is wrong and changes nothing', async () => {
  const generator = Generator.initialize(CONFIG, generatorOf(1));
  const before = audioOf(generator);
  const other = Generator.initialize(CONFIG, generatorOf(2));
  const wrong = renamed(await exportState(other), (name) =>
    name === 'conv_pre.bias' ? undefined : name,
  );
  wrong.set('ups.0.weight_v', { shape: [16, 8, 4], data: new Float32Array(512) });
  wrong.set('mystery', { shape: [1], data: new Float32Array(1) });
  let error: unknown;
  try {
    importState(generator, wrong, 'g_00000001');
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(StateError);
  expect(error).toMatchObject({
    missing: ['conv_pre.bias'],
    extra: ['mystery'],
    misshapen: ['ups.0.weight_v [16,8,4] instead of [16,8,8]'],
    differences: ['upsample_kernel_sizes: [4,4] in the weights, [8,4] in the configuration'],
  });
  expect(String(error)).toMatch(/g_00000001: .*\n.*\n {2}missing \(1\):\n {4}conv_pre\.bias\n/);
  expectClose(audioOf(generator), before, { max: 0 });
  generator.dispose();
  other.dispose();
});

describe('what the weights say of their configuration', () => {
  const differences = async (changes: Partial<GeneratorConfig>, fold = false) => {
    const source = Generator.initialize({ ...CONFIG, ...changes }, generatorOf(1));
    const stored = fold ? source.foldWeightNorm() : source;
    const arrays = await exportState(stored);
    const target = Generator.empty(CONFIG);
    let error: unknown;
    try {
      importState(target, arrays, 'g');
    } catch (thrown) {
      error = thrown;
    }
    for (const network of new Set([source, stored, target])) network.dispose();
    expect(error).toBeInstanceOf(StateError);
    return error as StateError;
  };

  it.each([
    [{ num_mels: 12 }, ['num_mels: 12 in the weights, 10 in the configuration']],
    [
      { upsample_initial_channel: 32 },
      ['upsample_initial_channel: 32 in the weights, 16 in the configuration'],
    ],
    [{ resblock: '2' }, ['resblock: "2" in the weights, "1" in the configuration']],
    [
      { upsample_rates: [4], upsample_kernel_sizes: [8] },
      [
        'upsample_rates (how many): 1 in the weights, 2 in the configuration',
        'upsample_kernel_sizes: [8] in the weights, [8,4] in the configuration',
      ],
    ],
    [
      { resblock_kernel_sizes: [3, 7] },
      ['resblock_kernel_sizes: [3,7] in the weights, [3,5] in the configuration'],
    ],
    [
      { resblock_dilation_sizes: [[1, 3], [1]] },
      ['resblock_dilation_sizes (how many each): [2,1] in the weights, [3,3] in the configuration'],
    ],
  ] as const)('%j', async (changes, expected) => {
    expect((await differences(changes as Partial<GeneratorConfig>)).differences).toEqual(expected);
    expect((await differences(changes as Partial<GeneratorConfig>, true)).differences).toEqual(
      expected,
    );
  });

  it('comes first in a short message, however much does not fit', async () => {
    const { message, misshapen } = await differences({ upsample_initial_channel: 32 });
    expect(misshapen.length).toBeGreaterThan(40);
    expect(message.split('\n')).toEqual([
      expect.stringMatching(
        /^g: arrays must be .*; take the one that the weights were trained with$/,
      ),
      '  upsample_initial_channel: 32 in the weights, 16 in the configuration',
      `  misshapen (${misshapen.length}):`,
      '    conv_pre.bias [32] instead of [16]',
      ...misshapen.slice(1, 5).map((line) => `    ${line}`),
      `    and ${misshapen.length - 5} more`,
    ]);
  });

  it('knows the other half of a checkpoint', async () => {
    const generator = Generator.empty(CONFIG);
    const array = { shape: [1], data: new Float32Array(1) };
    const arrays = new Map([
      ['mpd.discriminators.0.convs.0.bias', array],
      ['optim_g.exp_avg.conv_pre.bias', array],
    ]);
    expect(() => importState(generator, arrays, 'do_1')).toThrow(
      /^do_1: must be a generator, but holds the discriminators .*; use the g_… file/,
    );
    generator.dispose();
  });
});

it('carries the vectors of spectral norm', async () => {
  const discriminator = MultiScaleDiscriminator.initialize(generatorOf(1));
  const arrays = await exportState(discriminator);
  expect([...arrays.keys()].slice(0, 4)).toEqual([
    'discriminators.0.convs.0.bias',
    'discriminators.0.convs.0.weight_orig',
    'discriminators.0.convs.0.weight_u',
    'discriminators.0.convs.0.weight_v',
  ]);
  expect(arrays.get('discriminators.0.convs.1.weight_v')!.shape).toEqual([32 * 41]);
  // [kernel, in] against [in, kernel]
  const ours = discriminator.buffers.get('discriminators.0.convs.1.weight_v')!.dataSync();
  const theirs = arrays.get('discriminators.0.convs.1.weight_v')!.data;
  expect(theirs[7 * 41 + 3]).toBe(ours[3 * 32 + 7]);

  const newer = renamed(arrays, (name) =>
    name.startsWith('discriminators.0')
      ? name
          .replace('weight_orig', 'parametrizations.weight.original')
          .replace('weight_u', 'parametrizations.weight.0._u')
          .replace('weight_v', 'parametrizations.weight.0._v')
      : name,
  );
  const copy = MultiScaleDiscriminator.initialize(generatorOf(2));
  importState(copy, newer);
  const again = await exportState(copy);
  for (const [name, { data }] of arrays) {
    expectClose(again.get(name)!.data, data, { max: 0 }, name);
  }
  copy.dispose();
  discriminator.dispose();
});

it('gives filters of images their fourth axis', async () => {
  const discriminator = MultiPeriodDiscriminator.initialize(generatorOf(1));
  const arrays = await exportState(discriminator);
  expect(arrays.get('discriminators.4.convs.1.weight_v')!.shape).toEqual([128, 32, 5, 1]);
  expect(arrays.get('discriminators.4.convs.1.weight_g')!.shape).toEqual([128, 1, 1, 1]);
  expect(arrays.get('discriminators.4.conv_post.bias')!.shape).toEqual([1]);
  discriminator.dispose();
});
