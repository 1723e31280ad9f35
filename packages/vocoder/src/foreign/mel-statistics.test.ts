import { readFileSync } from 'node:fs';
import { type NamedArray, OrderedDict, writeNpy, writeTorch } from '@hifigan/checkpoint';
import { presets } from '@hifigan/config';
import { describe, expect, it } from 'vitest';
import { type ForeignFiles, filesInMemory, readForeign } from '../index.js';
import { changed, failure, foreignModel, type Loose, stateOf } from '../testing/foreign-models.js';

describe('the statistics of another program’s mels', () => {
  it('takes Coqui’s statistics from a file beside the weights, else says how they are made of its own', async () => {
    const files = changed('coqui-gan', {
      config: ({ audio }) => Object.assign(audio, { signal_norm: true, stats_path: '/x.npy' }),
    });
    const without = await readForeign(files);
    expect(without.notices.join()).toMatch(/mean and scale are not there .*s\["mel_mean"\]/);
    const values = Float32Array.from({ length: 12 }, (_, i) => i + 1);
    const { statistics, profile, notices } = await readForeign({
      names: [...files.names, 'stats.npy'],
      read: async (name) =>
        name === 'stats.npy' ? writeNpy({ shape: [2, 6], data: values }) : files.read(name),
    });
    expect(statistics).toEqual({ mean: values.slice(0, 6), scale: values.slice(6) });
    expect(profile.normalisation).toBeUndefined();
    expect(notices).toEqual([]);
  });

  it('takes fixed statistics from NeMo’s configuration', async () => {
    const [fixed_mean, fixed_std] = [0, 2].map((from) =>
      Array.from({ length: 6 }, (_, i) => from + i),
    );
    const files = changed('nemo', {
      config: ({ preprocessor }) =>
        Object.assign(preprocessor, { normalize: { fixed_mean, fixed_std: fixed_std } }),
    });
    const { statistics, profile } = await readForeign(files);
    expect(statistics).toEqual({
      mean: Float32Array.from(fixed_mean),
      scale: Float32Array.from(fixed_std),
    });
    expect(profile.normalisation).toBeUndefined();
  });

  it('takes means alone where ESPnet divides by no deviations, and the reverse', async () => {
    const told = async (normalize_conf: Loose) => {
      const config = (given: Loose) => Object.assign(given, { normalize_conf });
      return (await readForeign(changed('espnet', { config }))).statistics;
    };
    const [both, means, scales] = [
      await told({}),
      await told({ norm_vars: false }),
      await told({ norm_means: false }),
    ];
    expect(means).toEqual({ mean: both?.mean, scale: new Float32Array(6).fill(1) });
    expect(scales).toEqual({ mean: new Float32Array(6), scale: both?.scale });
  });

  it.each(['stats.npy', 'stats.h5'])(
    'leaves unused ESPnet’s means in %s beside the weights as well',
    async (stats) => {
      const config = (given: Loose) =>
        Object.assign(given, { normalize_conf: { norm_means: false } });
      const { layout } = await readForeign(changed('espnet', { config }));
      const files = changed('espnet', {
        config,
        state: (state) => {
          for (const name of [...state.keys()]) if (/normalize/.test(name)) state.delete(name);
        },
      });
      const hdf5 = new URL('../fixtures/parallel-wavegan-stats.h5', import.meta.url);
      const scale = Float32Array.of(0.5, 1, 1.5, 2, 2.5, 3);
      const npy = writeNpy({ shape: [2, 6], data: Float32Array.of(1, 2, 3, 4, 5, 6, ...scale) });
      const { statistics } = await readForeign({
        names: [...files.names, stats],
        read: async (name) => {
          if (name !== stats) return files.read(name);
          return stats === 'stats.npy' ? npy : new Uint8Array(readFileSync(hdf5));
        },
      });
      expect(layout.name).toBe('espnet');
      expect(statistics).toEqual({ mean: new Float32Array(6), scale });
    },
  );

  it('asks for no statistics where ESPnet has none', async () => {
    const files = changed('espnet', {
      config: (config) => Object.assign(config, { normalize: null }),
    });
    const { statistics, notices } = await readForeign(files);
    expect(statistics).toBeUndefined();
    expect(notices).toEqual([]);
  });

  it('misses no statistics of the reference’s own generators, and takes those of converted ones', async () => {
    const { model } = foreignModel('coqui');
    const { generator_model_params: params, audio } = JSON.parse(model.metadata.config);
    const config = {
      ...presets.v1,
      ...{ num_mels: audio.num_mels, hop_size: 8, resblock: params.resblock_type },
      upsample_rates: params.upsample_factors,
      upsample_kernel_sizes: params.upsample_kernel_sizes,
      upsample_initial_channel: params.upsample_initial_channel,
      resblock_kernel_sizes: params.resblock_kernel_sizes,
      resblock_dilation_sizes: params.resblock_dilation_sizes,
    };
    const bias = { shape: [1], data: new Float32Array(1) };
    const read = (more: ReadonlyMap<string, NamedArray>) =>
      readForeign(
        filesInMemory({
          'config.json': JSON.stringify(config),
          g_00000000: writeTorch(
            new Map([
              [
                'generator',
                new OrderedDict([...stateOf(model), ['conv_post.bias', bias], ...more]),
              ],
            ]),
          ),
        }),
      );
    const plain = await read(new Map());
    expect(plain.layout.name).toBe('reference');
    expect(plain.notices).toEqual([]);
    expect(plain.statistics).toBeUndefined();
    const ones = { shape: [6], data: new Float32Array(6).fill(1) };
    const { statistics } = await read(
      new Map([
        ['mean', ones],
        ['scale', ones],
      ]),
    );
    expect(statistics).toEqual({ mean: ones.data, scale: ones.data });
  });

  it('says that statistics are missing, without which a model speaks noise', async () => {
    const { statistics, notices } = await readForeign(foreignModel('parallel-wavegan').files);
    expect(statistics).toBeUndefined();
    expect(notices.join()).toMatch(/mean and scale are not there \(stats\.h5 or stats\.npy/);
  });

  it('leaves statistics alone where they are not used', async () => {
    const { statistics } = await readForeign(foreignModel('transformers-raw').files);
    expect(statistics).toBeUndefined();
  });

  it('reads ParallelWaveGAN’s statistics from the file beside the weights', async () => {
    const { files } = foreignModel('parallel-wavegan');
    const values = Float32Array.from({ length: 12 }, (_, i) => i + 1);
    const read = await readForeign({
      names: [...files.names, 'stats.npy'],
      read: async (name) =>
        name === 'stats.npy' ? writeNpy({ shape: [2, 6], data: values }) : files.read(name),
    });
    expect(read.statistics).toEqual({ mean: values.slice(0, 6), scale: values.slice(6) });
  });

  it('reads them from the HDF5 file that ParallelWaveGAN writes, and says where that is none', async () => {
    const { files } = foreignModel('parallel-wavegan');
    const path = new URL('../fixtures/parallel-wavegan-stats.h5', import.meta.url);
    const bytes = new Uint8Array(readFileSync(path));
    const withStatistics = (content: Uint8Array): ForeignFiles => ({
      names: [...files.names, 'stats.h5'],
      read: async (name) => (name === 'stats.h5' ? content : files.read(name)),
    });
    const { statistics } = await readForeign(withStatistics(bytes));
    expect(statistics).toEqual({
      mean: Float32Array.of(1, 2, 3, 4, 5, 6),
      scale: Float32Array.of(0.5, 1, 1.5, 2, 2.5, 3),
    });
    for (const length of [8, 100, bytes.length - 40]) {
      const error = await failure(withStatistics(bytes.slice(0, length)), 'here');
      expect(error.message, `${length} bytes`).toMatch(/^here\/stats\.h5: /);
    }
  });
});
