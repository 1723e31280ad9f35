import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { FormatError, type NamedArray, writeNpy, writeSafetensors } from '@hifigan/checkpoint';
import { LayoutError, StateError } from '@hifigan/models';
import { createTar } from 'nanotar';
import { describe, expect, it } from 'vitest';
import {
  type ForeignFiles,
  filesInMemory,
  filesOfBlobs,
  readForeign,
  recognizeForeign,
} from '../index.js';
import { filesOf, foreignModel, stateOf } from '../testing/foreign-models.js';

// biome-ignore lint/suspicious/noExplicitAny: configurations of other programs, of any shape, to be spoilt
type Loose = any;

/** A model whose configuration or weights were changed. */
function changed(
  name: string,
  {
    config,
    state,
  }: { config?: (given: Loose) => void; state?: (given: Map<string, NamedArray>) => void },
): ForeignFiles {
  const { model } = foreignModel(name);
  const given: Loose = JSON.parse(model.metadata.config);
  config?.(given);
  const arrays = stateOf(model);
  state?.(arrays);
  return filesOf(name, given, arrays);
}

const failure = (files: ForeignFiles, where = '') =>
  readForeign(files, { where }).then(
    () => {
      throw new Error('was read');
    },
    (error: Error) => error,
  );

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

  it('unpacks .nemo archives, with gzip and without', async () => {
    const { files } = foreignModel('nemo', 'torch');
    const entries = await Promise.all(
      files.names.map(async (name) => ({ name: `./${name}`, data: await files.read(name) })),
    );
    const tar = createTar(entries);
    for (const bytes of [tar, new Uint8Array(gzipSync(tar))]) {
      const { config, layout } = await readForeign(filesInMemory({ 'voice.nemo': bytes }));
      expect(layout.name).toBe('nemo');
      expect(config.upsample_rates).toEqual([4, 2]);
    }
    // A configuration that is named goes before its own.
    const own = JSON.parse(new TextDecoder().decode(await files.read('model_config.yaml')));
    own.preprocessor.highfreq = 7000;
    const two = filesInMemory({ 'voice.nemo': tar, 'mine.yaml': JSON.stringify(own) });
    const choice = { weights: 'voice.nemo', config: 'mine.yaml' };
    expect((await readForeign(two, choice)).config.fmax).toBe(7000);
    expect((await readForeign(two, { weights: 'voice.nemo' })).config.fmax).toBe(8000);
    const broken = await failure(filesInMemory({ 'voice.nemo': new Uint8Array(700).fill(7) }));
    expect(broken).toBeInstanceOf(FormatError);
    expect(broken.message).toMatch(/^voice\.nemo: not a readable tar archive/);
  });

  it('is not kept from a model by strangers beside it: broken, large, or not to be read', async () => {
    const { files } = foreignModel('espnet');
    const strangers = ['a-config.json', 'old.json', 'secret.yaml', 'tsconfig.json', 'zz.yml'];
    const read: string[] = [];
    const beside: ForeignFiles = {
      names: [...strangers, ...files.names],
      async read(name) {
        read.push(name);
        if (name === 'old.json') throw new Error('EISDIR: illegal operation on a directory');
        if (name === 'secret.yaml') throw new Error('EACCES: permission denied');
        if (strangers.includes(name)) return new TextEncoder().encode('{ // a comment\n');
        return files.read(name);
      },
      async open(name) {
        const bytes = await beside.read(name);
        const size = name === 'zz.yml' ? 2 ** 40 : bytes.length;
        return {
          size,
          async read(start, end) {
            if (end > bytes.length) throw new Error('a terabyte was read');
            return bytes.subarray(start, end);
          },
        };
      },
    };
    expect((await recognizeForeign(beside))?.layout.name).toBe('espnet');
    // Its name is the usual one.
    expect(read).toEqual(['config.yaml']);
    const alone = { ...beside, names: strangers };
    expect(await recognizeForeign(alone)).toBeUndefined();
    expect(read).toEqual(expect.arrayContaining(['a-config.json', 'secret.yaml']));
    // What was named, or is called as the model's own, is told.
    await expect(recognizeForeign(alone, { config: 'old.json' })).rejects.toThrow('EISDIR');
    const own = filesInMemory({ 'tsconfig.json': '{ //', 'config.json': '{ //' });
    await expect(recognizeForeign(own, { where: 'x' })).rejects.toThrow(
      /^x\/config\.json: must be JSON/,
    );
  });

  it('finds a model among the files of a large data set, and looks at some of those alone', async () => {
    const { files } = foreignModel('espnet');
    const names = Array.from({ length: 100_000 }, (_, i) => `utterance-${i}.json`);
    let read = 0;
    const beside = (more: readonly string[]): ForeignFiles => ({
      names: [...names, ...more],
      async read(name) {
        read++;
        return more.includes(name) ? files.read(name) : new TextEncoder().encode('{"text":"a"}');
      },
    });
    expect((await recognizeForeign(beside(files.names)))?.layout.name).toBe('espnet');
    read = 0;
    expect(await recognizeForeign(beside([]))).toBeUndefined();
    expect(read).toBe(64);
    read = 0;
    const large: ForeignFiles = {
      names,
      async read() {
        read++;
        return new TextEncoder().encode(`"${'a'.repeat(3 * 2 ** 20)}"`);
      },
    };
    expect(await recognizeForeign(large)).toBeUndefined();
    expect(read).toBe(6);
  });

  it('reads an archive in parts, and refuses one that leads out of itself', async () => {
    const { files } = foreignModel('nemo', 'torch');
    const entries = await Promise.all(
      files.names.map(async (name) => ({ name: `./${name}`, data: await files.read(name) })),
    );
    const large = { name: './optimizer.bin.old', data: new Uint8Array(3_000_000) };
    const tar = createTar([large, ...entries]);
    let bytes = 0;
    const whole = { names: ['voice.nemo'], read: () => Promise.reject(new Error('read whole')) };
    const found = await readForeign({
      ...whole,
      open: async () => ({
        size: tar.length,
        async read(start, end) {
          bytes += end - start;
          return tar.subarray(start, end);
        },
      }),
    });
    expect(found.layout.name).toBe('nemo');
    expect(bytes).toBeLessThan(1_000_000);
    const outside = createTar([...entries, { name: '../../etc/cron.yaml', data: 'a: 1' }]);
    const error = await failure(filesInMemory({ 'voice.nemo': outside }));
    expect(error.message).toMatch(/^voice\.nemo: not a readable tar.*a name that leads out of it/);
    const twice = createTar([...entries, { name: 'old/model_config.yaml', data: 'a: 1' }]);
    const two = await failure(filesInMemory({ 'voice.nemo': twice }));
    expect(two.message).toMatch(/must have one file of the name model_config\.yaml/);
  });

  it('reads files that were dropped into a page', async () => {
    const { files } = foreignModel('transformers-speecht5', 'torch');
    const dropped = await Promise.all(
      files.names.map(async (name) => new File([new Uint8Array(await files.read(name))], name)),
    );
    const { state } = await readForeign(filesOfBlobs(dropped));
    expect(state.get('ups.0.weight')?.shape).toEqual([16, 8, 8]);
  });

  it('takes the latest of several checkpoints, or the one that is named', async () => {
    const { model } = foreignModel('parallel-wavegan');
    const weights = writeSafetensors(stateOf(model));
    const files = filesInMemory({
      'config.yml': model.metadata.config,
      'checkpoint-9000steps.pkl': weights,
      'checkpoint-10000steps.pkl': weights,
    });
    expect((await recognizeForeign(files))?.weights).toBe('checkpoint-10000steps.pkl');
    const named = await recognizeForeign(files, { weights: 'checkpoint-9000steps.pkl' });
    expect(named?.weights).toBe('checkpoint-9000steps.pkl');
  });

  it('takes module. of a parallel training away', async () => {
    const files = changed('transformers-speecht5', {
      state(arrays) {
        for (const [name, array] of [...arrays]) {
          arrays.delete(name);
          arrays.set(`module.${name}`, array);
        }
      },
    });
    expect((await readForeign(files)).state.has('conv_pre.weight')).toBe(true);
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
