import { createProfileAnalysis } from '@hifigan/audio';
import { expectClose } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { readForeign } from '../index.js';
import { changed, foreignModel, type Loose } from '../testing/foreign-models.js';

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
    ['parallel-wavegan', (config) => Object.assign(config, { log_base: 3 }), /log_base=3: /],
    ['espnet', (config) => Object.assign(config, { feats_extract: 'y' }), /feats_extract="y": /],
    [
      'coqui',
      ({ audio }) => Object.assign(audio, { spec_gain: 7, signal_norm: true, stats_path: 'x' }),
      /audio\.spec_gain=7: statistics of such/,
    ],
    [
      'coqui',
      ({ audio }) => Object.assign(audio, { log_func: 'np.log2' }),
      /audio\.log_func="np\.log2": its program has these two alone/,
    ],
    [
      'coqui',
      ({ audio }) => Object.assign(audio, { hop_length: null, frame_length_ms: 50 }),
      /audio\.frame_length_ms=50: its window has that length/,
    ],
    [
      'parallel-wavegan',
      (config) => Object.assign(config, { global_gain_scale: 0.5 }),
      /config\.yml: global_gain_scale=0\.5: it learned to speak at -6\.0 dB of the recordings/,
    ],
    [
      'parallel-wavegan',
      (config) => Object.assign(config, { sampling_rate_for_feats: 16000 }),
      /sampling_rate_for_feats=16000: .* and here at 24000 Hz, /,
    ],
    [
      'espnet',
      ({ feats_extract_conf: conf }) => Object.assign(conf, { center: false }),
      /feats_extract_conf\.center=false: its frames lie 64 samples later and are fewer/,
    ],
    [
      'espnet',
      (config) => Object.assign(config, { normalize: 'utterance_mvn' }),
      /normalize="utterance_mvn": its mels are normalised clip by clip/,
    ],
    [
      'nemo',
      ({ preprocessor }) => Object.assign(preprocessor, { pad_to: 16 }),
      /preprocessor\.pad_to=16: its own mels end in frames of -11\.52, to a multiple of 16; /,
    ],
    [
      'nemo',
      ({ preprocessor }) => Object.assign(preprocessor, { pad_to: undefined }),
      /preprocessor\.pad_to is not set: it is 16 then: /,
    ],
    [
      'nemo',
      ({ preprocessor }) => Object.assign(preprocessor, { log_zero_guard_type: 'max' }),
      /log_zero_guard_type="max": must be add or clamp/,
    ],
    ['coqui', ({ audio }) => Object.assign(audio, { do_rms_norm: true }), /do_rms_norm=true: /],
  ])('tells options of mels that cannot be followed: %s', async (name, config, words) => {
    expect((await readForeign(changed(name, { config }))).notices.join('\n')).toMatch(words);
  });

  it.each<[string, string, (config: Loose) => void, (sum: number) => number]>([
    [
      'parallel-wavegan',
      'log_base 2',
      (config) => Object.assign(config, { log_base: 2 }),
      (sum) => Math.log2(Math.max(sum, 1e-10)),
    ],
    [
      'espnet',
      'normalized',
      ({ feats_extract_conf: conf }) => Object.assign(conf, { normalized: true }),
      (sum) => Math.log10(Math.max(sum / Math.sqrt(128), 1e-10)),
    ],
    [
      'espnet',
      'normalized, of base e',
      ({ feats_extract_conf: conf }) => Object.assign(conf, { normalized: true, log_base: null }),
      (sum) => Math.log(Math.max(sum / Math.sqrt(128), 1e-10)),
    ],
    [
      'coqui',
      'spec_gain',
      ({ audio }) => Object.assign(audio, { spec_gain: 7, log_func: 'np.log10' }),
      (sum) => 7 * Math.log10(Math.max(sum, 1e-8)),
    ],
    [
      'coqui',
      'spec_gain and signal_norm, clipped',
      ({ audio }) =>
        Object.assign(audio, {
          spec_gain: 3,
          signal_norm: true,
          ref_level_db: 1,
          min_level_db: -9,
        }),
      (sum) => {
        const level = 3 * Math.log(Math.max(sum, 1e-8));
        return Math.min(Math.max((8 * (level - 1 + 9)) / 9 - 4, -4), 4);
      },
    ],
    [
      'coqui',
      'clip_norm off, decibels',
      ({ audio }) =>
        Object.assign(audio, {
          ...{ spec_gain: 20, log_func: 'np.log10', signal_norm: true, clip_norm: false },
          ...{ ref_level_db: -30, min_level_db: -40, symmetric_norm: false, max_norm: 1 },
        }),
      (sum) => (20 * Math.log10(Math.max(sum, 1e-8)) + 30 + 40) / 40,
    ],
  ])('follows what is a line of the logarithm: %s, %s', async (name, _, config, formula) => {
    const { profile, notices } = await readForeign(changed(name, { config }));
    expect(notices.filter((notice) => !/mean and scale are not there/.test(notice))).toEqual([]);
    // A loud part, a quiet one and nothing.
    const audio = Float32Array.from(
      { length: 3000 },
      (_, i) => [0.9, 1e-4, 0][Math.floor(i / 1000)] * Math.sin(i * i * 1e-4),
    );
    const { normalisation, ...plain } = profile;
    const sums = { ...plain, log: 'none', floor: 0 } as const;
    const expected = Float32Array.from(createProfileAnalysis(sums).analyze(audio).data, formula);
    const { data } = createProfileAnalysis(profile).analyze(audio);
    expectClose(data, expected, { max: 1e-5 * Math.max(...expected.map(Math.abs)) });
  });

  it('takes the floor of transformers’ feature extractor, and tells another window', async () => {
    const { files } = foreignModel('transformers-speecht5');
    const extractor = { sampling_rate: 16000, win_length: 64, mel_floor: 1e-6, win_function: 'x' };
    const whole = {
      names: [...files.names, 'preprocessor_config.json'],
      read: async (name: string) =>
        name === 'preprocessor_config.json'
          ? new TextEncoder().encode(JSON.stringify(extractor))
          : files.read(name),
    };
    const { profile, notices } = await readForeign(whole, { where: 'model' });
    expect(profile).toMatchObject({ log: 'log10', floor: 1e-6, floorBy: 'clamp' });
    // As people see it: in its own file, by its own key.
    expect(notices.filter((notice) => notice.includes('win_function'))).toEqual([
      expect.stringMatching(/^model\/preprocessor_config\.json: win_function="x": .*Hann window/),
    ]);
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
});
