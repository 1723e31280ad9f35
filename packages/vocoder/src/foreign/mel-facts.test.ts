import { readFileSync } from 'node:fs';
import { writeNpy } from '@hifigan/checkpoint';
import { describe, expect, it } from 'vitest';
import { type ForeignFiles, readForeign } from '../index.js';
import { changed, failure, foreignModel, type Loose } from '../testing/foreign-models.js';

describe('the mels of another program’s model', () => {
  it.each([
    [
      { signal_norm: true, spec_gain: 20, log_func: 'np.log10', preemphasis: 0.97 },
      {
        ...{ log: 'decibel', floor: 1e-8, preemphasis: 0.97 },
        normalisation: { kind: 'range', low: -80, high: 20, from: -4, to: 4 },
      },
    ],
    [
      { signal_norm: undefined, spec_gain: 20, log_func: 'np.log10' },
      { normalisation: { kind: 'range', low: -80, high: 20, from: -4, to: 4 } },
    ],
    [
      { signal_norm: true, symmetric_norm: false, max_norm: 1, ref_level_db: 0 },
      { normalisation: { kind: 'range', low: -100, high: 0, from: 0, to: 1 } },
    ],
    [
      { signal_norm: true, stats_path: 'scale_stats.npy' },
      { normalisation: { kind: 'statistics' } },
    ],
  ])('knows how Coqui normalises mels: %j', async (audio, expected) => {
    const { files } = foreignModel('coqui-gan');
    const config = JSON.parse(new TextDecoder().decode(await files.read('config.json')));
    const changed = JSON.stringify({ ...config, audio: { ...config.audio, ...audio } });
    const { profile, notices } = await readForeign({
      ...files,
      read: async (name) =>
        name === 'config.json' ? new TextEncoder().encode(changed) : files.read(name),
    });
    expect(profile).toMatchObject(expected);
    const told = notices.filter((notice) => /their mean and scale are not there/.test(notice));
    expect(told).toHaveLength('stats_path' in audio ? 1 : 0);
  });

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

  it.each<[Loose, Loose]>([
    [
      { log_zero_guard_type: 'add', log_zero_guard_value: 'tiny' },
      { floor: 2 ** -126, floorBy: 'add' },
    ],
    [
      { log_zero_guard_value: 'eps', mag_power: 2 },
      { floor: 2 ** -23, magnitude: 'power' },
    ],
    [{ log_zero_guard_value: null }, { floor: 2 ** -24 }],
    [
      { preemph: 0.9, use_grads: true },
      { preemphasis: 0.9, guard: 1e-5 },
    ],
    [
      { exact_pad: false, log: false },
      { framing: 'centred', log: 'none' },
    ],
    [{ normalize: 'NA', mel_norm: null }, { bands: 'peak' }],
  ])('knows NeMo’s options: %j', async (options, expected) => {
    const files = changed('nemo', {
      config: ({ preprocessor }) => Object.assign(preprocessor, options),
    });
    const { profile, notices, statistics } = await readForeign(files);
    expect(profile).toMatchObject(expected);
    expect(profile.normalisation).toBeUndefined();
    expect(statistics).toBeUndefined();
    expect(notices).toEqual([]);
  });

  it('takes for NeMo’s what its constructor takes where nothing is said', async () => {
    const files = changed('nemo', {
      config: ({ preprocessor }) => {
        for (const key of ['preemph', 'normalize', 'log_zero_guard_type', 'log_zero_guard_value']) {
          delete preprocessor[key];
        }
        delete preprocessor.n_window_size;
        preprocessor.window_size = 0.005;
        preprocessor.n_fft = null;
      },
    });
    const { profile, config, notices } = await readForeign(files, { where: 'x' });
    expect(profile).toMatchObject({
      ...{ preemphasis: 0.97, floor: 2 ** -24, floorBy: 'add' },
      normalisation: { kind: 'statistics' },
    });
    expect(config).toMatchObject({ win_size: 110, n_fft: 128 });
    expect(notices[0]).toMatch(
      /^x\/model_config.yaml: preprocessor\.normalize is not set: its mels are normalised clip by clip then/,
    );
  });

  it('takes NeMo’s transform for the power of two that holds its window', async () => {
    for (const [given, size] of [
      [128, 128],
      [129, 256],
    ]) {
      const files = changed('nemo', {
        config: ({ preprocessor }) => {
          preprocessor.n_window_size = given;
          delete preprocessor.n_fft;
        },
      });
      const { config, notices } = await readForeign(files);
      expect(config).toMatchObject({ win_size: given, n_fft: size });
      expect(notices).toEqual([]);
    }
    const silent = changed('nemo', {
      config: ({ preprocessor }) =>
        Object.assign(preprocessor, { n_window_size: null, n_fft: null }),
    });
    const { config, notices } = await readForeign(silent);
    expect(config).toMatchObject({ win_size: 1024, n_fft: 1024 });
    expect(notices.join()).toMatch(/does not say win_size \(1024 is taken\)/);
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

  it.each<[string, (config: Loose) => void, RegExp]>([
    [
      'nemo',
      ({ preprocessor }) =>
        Object.assign(preprocessor, { window: 'hamming', mag_power: 1.5, frame_splicing: 2 }),
      /window="hamming": .*Hann.*frame_splicing=2: .*mag_power=1\.5: /s,
    ],
    [
      'nemo',
      ({ preprocessor: p }) => Object.assign(p, { log_zero_guard_value: 'x' }),
      /="x": must/,
    ],
    [
      'nemo',
      ({ preprocessor }) => Object.assign(preprocessor, { normalize: 'per_feature' }),
      /normalize="per_feature": .*clip by clip.*--mel-statistics FILE/,
    ],
    [
      'nemo',
      ({ preprocessor }) =>
        Object.assign(preprocessor, { normalize: { fixed_mean: -5, fixed_std: 2 } }),
      /normalize=\{"fixed_mean":-5,"fixed_std":2\}: its fixed_mean and fixed_std must be lists/,
    ],
    ['parallel-wavegan', (config) => Object.assign(config, { log_base: 2 }), /log_base=2: /],
    ['espnet', (config) => Object.assign(config, { feats_extract: 'y' }), /feats_extract="y": /],
    ['coqui', ({ audio }) => Object.assign(audio, { spec_gain: 7 }), /audio\.spec_gain=7: /],
    ['coqui', ({ audio }) => Object.assign(audio, { do_rms_norm: true }), /do_rms_norm=true: /],
  ])('tells options of mels that cannot be followed: %s', async (name, config, words) => {
    expect((await readForeign(changed(name, { config }))).notices.join('\n')).toMatch(words);
  });

  it('asks for no statistics where ESPnet has none', async () => {
    const files = changed('espnet', {
      config: (config) => Object.assign(config, { normalize: null }),
    });
    const { statistics, notices } = await readForeign(files);
    expect(statistics).toBeUndefined();
    expect(notices).toEqual([]);
  });

  it('says that statistics are missing, without which a model speaks noise', async () => {
    const { statistics, notices } = await readForeign(foreignModel('parallel-wavegan').files);
    expect(statistics).toBeUndefined();
    expect(notices.join()).toMatch(/mean and scale are not there \(stats\.h5 or stats\.npy/);
  });

  it('says what it has supposed, and takes it from the feature extractor where that is there', async () => {
    const { files } = foreignModel('transformers-speecht5');
    const { notices, config } = await readForeign(files, { where: 'model' });
    expect(config).toMatchObject({ sampling_rate: 16000, fmin: 80, n_fft: 1024 });
    expect(notices).toEqual([
      expect.stringMatching(
        /^model\/config\.json: does not say n_fft \(1024 is taken\), .*fmin \(80/,
      ),
    ]);
    const extractor = {
      sampling_rate: 16000,
      win_length: 30,
      hop_length: 16,
      fmin: 50,
      fmax: 7000,
    };
    const read = await readForeign({
      names: [...files.names, 'preprocessor_config.json'],
      read: async (name) =>
        name === 'preprocessor_config.json'
          ? new TextEncoder().encode(JSON.stringify(extractor))
          : files.read(name),
    });
    expect(read.notices).toEqual([]);
    expect(read.config).toMatchObject({ win_size: 480, n_fft: 512, fmin: 50, fmax: 7000 });
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
