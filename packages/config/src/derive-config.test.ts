import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.js';
import { deriveConfig } from './derive-config.js';
import type { HifiGanConfig } from './hifi-gan-config.js';
import { presets } from './presets.js';
import { readConfig } from './read-config.js';

const product = (numbers: readonly number[]) => numbers.reduce((a, b) => a * b, 1);

/** Numbers from a seed, so that a failure can be repeated. */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** All that must hold, spelled out here once more, besides `readConfig`. */
function expectLegal(config: HifiGanConfig, label: string): void {
  const { upsample_rates: rates, upsample_kernel_sizes: kernels, hop_size: hop } = config;
  const read = readConfig(config);
  expect(read, label).toMatchObject({ config, unknownKeys: [], defaultedKeys: [], notices: [] });
  expect(product(rates), label).toBe(hop);
  expect(kernels.length, label).toBe(rates.length);
  rates.forEach((rate, i) => {
    expect(kernels[i], label).toBeGreaterThanOrEqual(rate);
    expect((kernels[i] - rate) % 2, label).toBe(0);
    expect(rate, label).toBeLessThanOrEqual(rates[i - 1] ?? 16);
  });
  expect(config.upsample_initial_channel % 2 ** rates.length, label).toBe(0);
  expect((config.n_fft - hop) % 2, label).toBe(0);
  expect(config.win_size, label).toBeLessThanOrEqual(config.n_fft);
  expect(config.n_fft, label).toBeGreaterThanOrEqual(hop);
  expect(config.segment_size % hop, label).toBe(0);
  expect(config.segment_size, label).toBeGreaterThan((config.n_fft - hop) / 2);
  expect(config.fmax ?? 0, label).toBeLessThanOrEqual(config.sampling_rate / 2);
}

describe('deriveConfig', () => {
  it('gives a legal configuration for any rate, its hop its own choice, of about the base’s durations', () => {
    const random = numbers(1);
    const rates = [
      8000, 11025, 12000, 16000, 22050, 24000, 32000, 37800, 44100, 48000, 88200, 96000,
    ];
    for (let i = 0; i < 100; i++) rates.push(8000 + Math.floor(random.next().value * 88001));
    for (const samplingRate of rates) {
      for (const [name, base] of Object.entries(presets)) {
        const label = `${name} at ${samplingRate}`;
        const { config } = deriveConfig({ base, samplingRate });
        expectLegal(config, label);
        expect(config.sampling_rate, label).toBe(samplingRate);
        const ratio = (key: 'hop_size' | 'win_size' | 'segment_size') =>
          config[key] / samplingRate / (base[key] / base.sampling_rate);
        expect(Math.abs(Math.log2(ratio('hop_size'))), label).toBeLessThan(0.33);
        expect(Math.abs(Math.log2(ratio('win_size'))), label).toBeLessThan(0.5);
        expect(Math.abs(ratio('segment_size') - 1), label).toBeLessThan(0.03);
        expect(Math.log2(config.n_fft) % 1, label).toBe(0);
        expect(
          Math.abs(config.upsample_rates.length - base.upsample_rates.length),
          label,
        ).toBeLessThan(2);
      }
    }
  });

  it('gives one for any hop that can be split, and else says which could', () => {
    const random = numbers(2);
    let refused = 0;
    for (let i = 0; i < 600; i++) {
      const samplingRate = 8000 + Math.floor(random.next().value * 88001);
      const hopSize = i < 300 ? 2 + i : 2 + Math.floor(random.next().value * 2000);
      const label = `${hopSize} at ${samplingRate}`;
      try {
        const { config } = deriveConfig({ base: presets.v1, samplingRate, hopSize });
        expectLegal(config, label);
        expect(config.hop_size, label).toBe(hopSize);
      } catch (error) {
        refused++;
        if (!(error instanceof ConfigError)) throw error;
        // Two, and both are legal.
        const named =
          /: hop_size: (\d+) must be .*, because .*; the nearest that are: (\d+) or (\d+)$/;
        const [, ...all] = (named.exec(error.message) ?? []).map(Number);
        expect(all, error.message).toHaveLength(3);
        const [told, below, above] = all;
        expect(told).toBe(hopSize);
        expect(below < hopSize && hopSize < above, error.message).toBe(true);
        for (const hop of [below, above]) {
          expectLegal(deriveConfig({ base: presets.v1, samplingRate, hopSize: hop }).config, label);
        }
        for (let hop = below + 1; hop < above; hop++) {
          expect(() => deriveConfig({ base: presets.v1, samplingRate, hopSize: hop })).toThrow(
            ConfigError,
          );
        }
      }
    }
    // Some of 600 numbers have a prime factor above 13, and most of the small ones have none.
    expect(refused).toBeGreaterThan(50);
    expect(refused).toBeLessThan(550);
  });

  it('leaves a base as it is, where its own rate is asked for', () => {
    for (const base of Object.values(presets)) {
      expect(deriveConfig({ base }).config).toEqual(base);
      const { sampling_rate: samplingRate, hop_size: hopSize } = base;
      expect(deriveConfig({ base, samplingRate, hopSize }).config).toEqual(base);
    }
    const mine = { ...presets.v2, batch_size: 4, comment: 'mine' };
    expect(deriveConfig({ base: mine, samplingRate: 44100 }).config).toMatchObject({
      batch_size: 4,
      comment: 'mine',
      upsample_initial_channel: 128,
    });
  });

  it('takes what is asked for', () => {
    const { config, choices } = deriveConfig({
      base: presets.v1,
      samplingRate: 24000,
      hopSize: 256,
      nFft: 1024,
      winSize: 1000,
      numMels: 100,
      fmin: 20,
      fmax: null,
      segmentSeconds: 0.5,
    });
    expect(config).toEqual({
      ...presets.v1,
      sampling_rate: 24000,
      n_fft: 1024,
      win_size: 1000,
      num_mels: 100,
      num_freq: 1025,
      fmin: 20,
      fmax: null,
      // 46.9 frames.
      segment_size: 47 * 256,
    });
    const asked = choices.filter(({ reason }) => reason === 'as asked').map(({ path }) => path);
    expect(asked.sort()).toEqual(
      ['sampling_rate', 'hop_size', 'n_fft', 'win_size', 'num_mels', 'fmin', 'fmax'].sort(),
    );
  });

  it('tells of each key that it decides, once, the value and a reason', () => {
    const { config, choices } = deriveConfig({
      base: presets.v1,
      samplingRate: 44100,
      hopSize: 441,
    });
    for (const { path, value, reason } of choices) {
      expect(config[path]).toEqual(value);
      expect(reason.length).toBeGreaterThan(3);
    }
    const told = choices.map(({ path }) => path);
    expect(new Set(told).size).toBe(told.length);
    const changed = Object.keys(config).filter((key) => {
      const [before, after] = [presets.v1, config].map((from) => from[key as keyof HifiGanConfig]);
      return JSON.stringify(before) !== JSON.stringify(after);
    });
    expect(told).toEqual(expect.arrayContaining(changed));
    const why = Object.fromEntries(choices.map(({ path, reason }) => [path, reason]));
    expect(why).toMatchObject({
      upsample_rates: expect.stringContaining('7 × 7 × 3 × 3 = 441'),
      upsample_kernel_sizes: expect.stringContaining('odd'),
      n_fft: expect.stringContaining('such as 440 or 448'),
    });
  });

  it('raises what no longer divides, and keeps a window within the transform', () => {
    const base = { ...presets.v1, upsample_initial_channel: 48 };
    expect(deriveConfig({ base, hopSize: 2 ** 17, samplingRate: 384000 }).config).toMatchObject({
      upsample_rates: [16, 16, 8, 8, 8],
      upsample_initial_channel: 64,
    });
    expect(deriveConfig({ base, nFft: 512 }).config).toMatchObject({ n_fft: 512, win_size: 512 });
    expect(deriveConfig({ base, winSize: 1025 }).config).toMatchObject({ n_fft: 2048 });
    // Windows of four hops would be 256 samples.
    expect(deriveConfig({ base, hopSize: 64 }).config).toMatchObject({ win_size: 1024 });
  });

  it.each([
    [{ samplingRate: 16 }, /^here: sampling_rate: 16 must be .*; try 16000$/],
    [{ samplingRate: 44.1 }, /^here: sampling_rate: 44\.1 must be .*; try 44100$/],
    [{ samplingRate: 22050.5 }, /^here: sampling_rate: 22050\.5 must be a whole number/],
    [{ samplingRate: Number.NaN }, /^here: sampling_rate: NaN must be/],
    [{ samplingRate: 1e9 }, /^here: sampling_rate: 1000000000 must be/],
    [{ hopSize: 1 }, /^here: hop_size: 1 must be a whole number from 2 to sampling_rate 22050/],
    [{ hopSize: 30000 }, /^here: hop_size: 30000 must be a whole number from 2 to .*; try 276$/],
    [{ hopSize: 2.5 }, /^here: hop_size: 2\.5 must be a whole number/],
    [{ hopSize: 257 }, /^here: hop_size: 257 must be .*; the nearest that are: 256 or 260$/],
    [{ nFft: 1023 }, /^here: n_fft: 1023 - hop_size 256 must be even/],
    [{ nFft: 512, winSize: 1024 }, /^here: win_size: 1024 must be at most n_fft 512/],
    [
      { samplingRate: 16000, fmax: 9000 },
      /^here: fmax: 9000 must be at most sampling_rate \/ 2 = 8000/,
    ],
    [{ numMels: 0 }, /^here: num_mels: 0 must be a whole number of at least 1/],
    [{ fmin: 9000 }, /^here: fmax: 8000 must be above fmin 9000/],
  ])('says what cannot be and what could: %j', (options, message) => {
    const derive = () => deriveConfig({ base: presets.v1, where: 'here', ...options });
    expect(derive).toThrow(ConfigError);
    expect(derive).toThrow(message);
  });
});

describe('presets at other rates', () => {
  const rates = { 'v1-16k': 16000, 'v1-24k': 24000, 'v1-44k': 44100, 'v1-48k': 48000 } as const;

  it.each(Object.entries(rates))('%s is what V1 becomes at %d Hz', (name, samplingRate) => {
    const preset = presets[name as keyof typeof rates];
    expect(deriveConfig({ base: presets.v1, samplingRate }).config).toEqual(preset);
    expect(Object.keys(preset)).toEqual(Object.keys(presets.v1));
  });

  it('have the features that are customary', () => {
    const featuresOf = ({ n_fft, hop_size, win_size, num_mels, fmax }: HifiGanConfig) => [
      n_fft,
      hop_size,
      win_size,
      num_mels,
      fmax,
    ];
    expect(
      Object.keys(rates).map((name) => featuresOf(presets[name as keyof typeof rates])),
    ).toEqual([
      [1024, 200, 800, 80, 8000],
      [2048, 300, 1200, 80, 8000],
      [2048, 512, 2048, 128, null],
      [2048, 512, 2048, 128, null],
    ]);
  });
});
