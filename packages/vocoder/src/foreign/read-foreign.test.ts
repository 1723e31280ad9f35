import { type NamedArray, writeNpy } from '@hifigan/checkpoint';
import { ConfigError } from '@hifigan/config';
import { LayoutError, StateError } from '@hifigan/models';
import { describe, expect, it } from 'vitest';
import { type ForeignFiles, filesInMemory, readForeign } from '../index.js';
import { changed, failure, foreignModel, type Loose } from '../testing/foreign-models.js';

describe('readForeign', () => {
  it('tells what a model’s mels and sizes are', async () => {
    const { files } = foreignModel('espnet');
    const { config, profile, statistics, layout, notices } = await readForeign(files);
    expect(layout.name).toBe('espnet');
    expect(config).toMatchObject({
      resblock: '1',
      num_mels: 6,
      sampling_rate: 16000,
      hop_size: 8,
      // Null there.
      win_size: 128,
      upsample_rates: [4, 2],
    });
    expect(profile).toMatchObject({ log: 'log10', floor: 1e-10, framing: 'centred', fmax: 7600 });
    expect(statistics?.mean).toHaveLength(6);
    expect(notices).toEqual([]);
    const nemo = await readForeign(foreignModel('nemo').files);
    expect(nemo.profile).toMatchObject({
      ...{ log: 'natural', floor: 1e-5, floorBy: 'clamp', framing: 'hop', magnitude: 'amplitude' },
    });
    const coqui = await readForeign(foreignModel('coqui-gan').files);
    expect(coqui.config.resblock).toBe('2');
    expect(coqui.profile).toMatchObject({ log: 'natural', floor: 1e-8 });
  });
});

describe('readForeign refuses', () => {
  it('arrays that do not fit, all by their own names', async () => {
    const files = changed('parallel-wavegan', {
      state(arrays) {
        arrays.delete('blocks.1.convs2.0.1.weight_v');
        arrays.delete('output_conv.1.bias');
        arrays.set('input_conv.bias', { shape: [3], data: new Float32Array(3) });
        arrays.set('pqmf.analysis_filter', { shape: [1], data: new Float32Array(1) });
      },
    });
    const error = (await failure(files, 'here')) as StateError;
    expect(error).toBeInstanceOf(StateError);
    expect(error.message).toMatch(/^here\/checkpoint-400000steps\.safetensors: arrays must be/);
    expect(error).toMatchObject({
      missing: ['blocks.1.convs2.0.1.weight_v', 'output_conv.1.bias'],
      misshapen: ['input_conv.bias [3] instead of [16]'],
      extra: ['pqmf.analysis_filter'],
    });
  });

  it('a configuration of another model, and says what differs', async () => {
    const files = changed('transformers-speecht5', {
      config: (config) => {
        config.upsample_kernel_sizes = [16, 4];
      },
    });
    expect(((await failure(files)) as StateError).differences).toEqual([
      'upsample_kernel_sizes: [8,4] in the weights, [16,4] in the configuration',
    ]);
  });

  it.each<[string, (config: Loose) => void, string]>([
    [
      'parallel-wavegan',
      ({ generator_params: params }) => Object.assign(params, { channels: 32, in_channels: 7 }),
      'generator_params.in_channels: 6 in the weights, 7 in the configuration\n  generator_params.channels: 16 in the weights, 32 in the configuration',
    ],
    [
      'espnet',
      ({ tts_conf: conf }) =>
        Object.assign(conf.vocoder_params, {
          use_additional_convs: false,
          resblock_dilations: [
            [1, 3],
            [1, 2],
          ],
        }),
      'tts_conf.vocoder_params.use_additional_convs (kind of block): "1" in the weights, "2" in the configuration',
    ],
    [
      'coqui',
      ({ generator_model_params: params, audio }) =>
        Object.assign(params, { upsample_initial_channel: 32 }) &&
        Object.assign(audio, { num_mels: 9 }),
      'audio.num_mels: 6 in the weights, 9 in the configuration\n  generator_model_params.upsample_initial_channel: 16 in',
    ],
    [
      'nemo',
      ({ generator }) => Object.assign(generator, { resblock_kernel_sizes: [3, 7] }),
      'generator.resblock_kernel_sizes: [3,5] in the weights, [3,7] in the configuration',
    ],
  ])('it in the program’s own keys, with its file: %s', async (name, config, words) => {
    for (const format of ['safetensors', 'torch'] as const) {
      const files = changed(name, { config, format });
      const error = await failure(files, 'here');
      const place = `here/${files.names.find((one) => /^(config|model_config)\./.test(one))}`;
      expect(error.message).toContain(
        `the configuration, ${place}, is another model’s; take the one that the weights were trained with\n  ${words}`,
      );
    }
  });

  it.each<[string, (config: Loose) => void, RegExp]>([
    [
      'coqui',
      ({ audio }) => Object.assign(audio, { hop_length: 10 }),
      /^x\/config\.json: generator_model_params\.upsample_factors: product 8 must equal audio\.hop_length 10, .*; try .*audio\.hop_length 8$/,
    ],
    [
      'parallel-wavegan',
      ({ generator_params: params }) => Object.assign(params, { upsample_kernel_sizes: [2, 4] }),
      /^x\/config\.yml: generator_params\.upsample_kernel_sizes\[0\]: 2 must be at least generator_params\.upsample_scales\[0\]=4/,
    ],
    [
      'nemo',
      ({ generator }) => Object.assign(generator, { upsample_rates: '4, 2' }),
      /^x\/model_config\.yaml: (.*\n)? *generator\.upsample_rates: "4, 2" must be/,
    ],
  ])('what contradicts itself, in the program’s own keys: %s', async (name, config, words) => {
    const error = await failure(changed(name, { config }), 'x');
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toMatch(words);
  });

  it.each(['safetensors', 'torch'] as const)(
    'what does not fit before the weights are read: %s',
    async (format) => {
      const config = (given: Loose) => Object.assign(given, { upsample_initial_channel: 32 });
      const large = { shape: [2 ** 20], data: new Float32Array(2 ** 20) };
      const state = (arrays: Map<string, NamedArray>) => arrays.set('large', large);
      const { files, bytesRead } = counted(
        changed('transformers-speecht5', { config, state, format }),
      );
      expect(await failure(files)).toBeInstanceOf(StateError);
      // Names, shapes and where they lie, and what tells kinds of files apart.
      expect(bytesRead()).toBeLessThan(2 ** 19);
    },
  );

  it.each<[string, (config: Loose) => void, RegExp]>([
    [
      'transformers-speecht5',
      (config) => Object.assign(config, { leaky_relu_slope: 0.2 }),
      /leaky_relu_slope=0\.2 must be 0\.1, because the generator has leaky ReLUs with a slope of 0\.1/,
    ],
    [
      'parallel-wavegan',
      ({ generator_params: params }) =>
        Object.assign(params, { use_causal_conv: true, out_channels: 4, kernel_size: 5 }),
      /out_channels=4 must be 1.*\n.*kernel_size=5 must be 7.*\n.*use_causal_conv=true must be false, because .* looks ahead/,
    ],
    [
      'parallel-wavegan',
      (config) => Object.assign(config, { generator_type: 'MelGANGenerator' }),
      /generator_type="MelGANGenerator" must be "HiFiGANGenerator"/,
    ],
    [
      'coqui',
      ({ generator_model_params: params }) => Object.assign(params, { cond_channels: 512 }),
      /cond_channels=512 must be 0, because the generator knows no speakers/,
    ],
    [
      'espnet',
      ({ tts_conf: conf }) => Object.assign(conf.vocoder_params, { global_channels: 256 }),
      /global_channels=256/,
    ],
  ])('what our generator cannot do, in words: %s', async (name, config, words) => {
    const error = await failure(changed(name, { config }));
    expect(error).toBeInstanceOf(LayoutError);
    expect(error.message).toMatch(words);
  });

  it('models whose generator takes no mels', async () => {
    const array = { shape: [1], data: new Float32Array(1) };
    const vits = changed('espnet', {
      state: (arrays) => arrays.set('tts.generator.decoder.input_conv.bias', array),
    });
    expect((await failure(vits)).message).toMatch(/a VITS model.*latent variables and no mels/);
  });

  it('statistics that are none', async () => {
    const files = changed('transformers-speecht5', {
      state: (arrays) =>
        arrays.set('scale', { shape: [6], data: Float32Array.of(1, 1, 0, 1, 1, 1) }),
    });
    expect((await failure(files)).message).toMatch(
      /^model\.safetensors: scale holds 0 for band 2 and must have 6 numbers/,
    );
    const short = { fixed_mean: [0], fixed_std: [1] };
    const nemo = changed('nemo', {
      config: ({ preprocessor }) => Object.assign(preprocessor, { normalize: short }),
    });
    expect((await failure(nemo)).message).toMatch(/^model_config\.yaml: mean has 1 values/);
    const { files: wavegan } = foreignModel('parallel-wavegan');
    const beside = {
      names: [...wavegan.names, 'stats.npy'],
      read: async (name: string) =>
        name === 'stats.npy'
          ? writeNpy({ shape: [2, 1], data: Float32Array.of(0, 1) })
          : wavegan.read(name),
    };
    expect((await failure(beside)).message).toMatch(/^stats\.npy: mean has 1 values/);
  });

  it('folders without a configuration that is known, or without weights', async () => {
    const empty = await failure(filesInMemory({ 'config.json': '{"model_type":"vits"}' }), 'x');
    expect(empty.message).toMatch(/^x: must have the configuration of a HiFi-GAN generator/);
    const { model } = foreignModel('coqui');
    const bare = await failure(filesInMemory({ 'config.json': model.metadata.config }), 'y');
    expect(bare.message).toMatch(/^y: must hold weights beside the configuration of Coqui/);
    const broken = await failure(filesInMemory({ 'config.yml': 'a: [1' }), 'z');
    expect(broken.message).toMatch(/^z\/config\.yml: must be YAML/);
  });
});

/** Counts what is read of weights. */
function counted(files: ForeignFiles) {
  let bytes = 0;
  const open = async (name: string) => {
    const all = await files.read(name);
    return {
      size: all.length,
      async read(start: number, end: number) {
        if (!/^config/.test(name)) bytes += end - start;
        return all.subarray(start, end);
      },
    };
  };
  return { files: { ...files, open }, bytesRead: () => bytes };
}
