import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.js';
import { presets } from './presets.js';
import { readConfig } from './read-config.js';

/** The problems of V1 with some keys changed (removed where undefined), as "path: message". */
function problems(changes: Record<string, unknown>): string[] {
  const source = JSON.parse(JSON.stringify({ ...presets.v1, ...changes }));
  try {
    readConfig(source, 'c.json');
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems.map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

describe('readConfig', () => {
  it('accepts the presets as text and as objects, changing nothing', () => {
    for (const preset of Object.values(presets)) {
      const { config, unknownKeys, defaultedKeys, notices } = readConfig(JSON.stringify(preset));
      expect(config).toEqual(preset);
      expect(readConfig(preset).config).toEqual(preset);
      expect([unknownKeys, defaultedKeys, notices]).toEqual([[], [], []]);
    }
  });

  it('keeps and reports unknown keys', () => {
    const source = {
      ...presets.v1,
      tagline: { a: [1] },
      dist_config: { ...presets.v1.dist_config, port: 1 },
    };
    const { config, unknownKeys } = readConfig(source);
    expect(unknownKeys).toEqual(['dist_config.port', 'tagline']);
    expect(config).toEqual(source);
    expect((config as unknown as typeof source).tagline).not.toBe(source.tagline);
  });

  it('fills in what only training reads and says so', () => {
    const { num_freq: _, dist_config: __, num_workers: ___, ...rest } = presets.v2;
    const { config, defaultedKeys } = readConfig(rest);
    expect(config).toEqual(presets.v2);
    expect(defaultedKeys).toEqual(['num_freq', 'num_workers', 'dist_config']);
  });

  it('reports all problems at once', () => {
    const found = problems({
      hop_size: 200,
      resblock: 1,
      fmax: 12000,
      batch_size: '16',
      num_mels: undefined,
    });
    expect(found.map((line) => line.split(':')[0]).sort()).toEqual(
      ['batch_size', 'fmax', 'num_mels', 'resblock', 'segment_size', 'upsample_rates'].sort(),
    );
  });

  it.each([
    [
      { upsample_rates: [8, 8, 2, 1] },
      /^upsample_rates: product 128 must equal hop_size 256, because .* try \[8,8,2,2\], or hop_size 128$/,
    ],
    [
      { hop_size: 300, segment_size: 9000 },
      /^upsample_rates: product 256 must equal hop_size 300, .*try \[10,5,3,2\]/,
    ],
    [
      { upsample_kernel_sizes: [16, 16, 4] },
      /^upsample_kernel_sizes: 3 kernels must be as many as upsample_rates \(4\).* try \[16,16,4,4\]/,
    ],
    [
      { upsample_kernel_sizes: [16, 6, 4, 4] },
      /^upsample_kernel_sizes\[1\]: 6 must be at least upsample_rates\[1\]=8, because .* try 16/,
    ],
    [
      { upsample_initial_channel: 500 },
      /^upsample_initial_channel: 500 must be a multiple of 16, .* try 496/,
    ],
    [{ resblock_kernel_sizes: [3, 4, 11] }, /^resblock_kernel_sizes\[1\]: 4 must be odd, .* try 5/],
    [
      { resblock_kernel_sizes: [3, 7] },
      /^resblock_dilation_sizes: 3 lists must be as many as resblock_kernel_sizes \(2\)/,
    ],
    [
      {
        resblock_dilation_sizes: [
          [1, 3, 5],
          [1, 3],
          [1, 3, 5],
        ],
      },
      /^resblock_dilation_sizes\[1\]: 2 dilations must be 3, .* or resblock "2"/,
    ],
    [{ n_fft: 1023 }, /^n_fft: 1023 - hop_size 256 must be even, .* n_fft 1024|^win_size/],
    [{ win_size: 2048 }, /^win_size: 2048 must be at most n_fft 1024, .* or n_fft 2048/],
    [{ segment_size: 8000 }, /^segment_size: 8000 must be a multiple of hop_size 256, .* try 7936/],
    [{ segment_size: 256 }, /^segment_size: 256 must be more than \(n_fft - hop_size\) \/ 2 = 384/],
    [{ fmax: 11026 }, /^fmax: 11026 must be at most sampling_rate \/ 2 = 11025/],
    [{ fmax_for_loss: 11026 }, /^fmax_for_loss: 11026 must be at most/],
    [{ fmin: 8000 }, /^fmax: 8000 must be above fmin 8000/],
    [{ resblock: 1 }, /^resblock: 1 must be "1" or "2"; write it in quotes: "1"$/],
    [{ resblock: '3' }, /^resblock: "3" must be "1" or "2"$/],
    [
      { batch_size: '16' },
      /^batch_size: "16" must be a whole number of at least 1; write it without quotes: 16$/,
    ],
    [{ batch_size: 1.5 }, /^batch_size: 1.5 must be a whole number/],
    [{ learning_rate: 0 }, /^learning_rate: 0 must be a number above 0$/],
    [{ adam_b1: 1 }, /^adam_b1: 1 must be a number of at least 0 and below 1$/],
    [{ fmax: '8000' }, /^fmax: "8000" must be a number above 0 or null; write it without quotes/],
    [{ upsample_rates: [] }, /^upsample_rates: \[\] must be a list, not empty/],
    [{ resblock_dilation_sizes: [1, 3, 5] }, /^resblock_dilation_sizes\[\d\]: \d must be a list/],
    [{ dist_config: { world_size: 0 } }, /^dist_config.world_size: 0 must be/],
    [{ num_mels: undefined, numMels: 80 }, /^num_mels: is missing, .* rename numMels to num_mels/],
  ])('says what is wrong and what to do: %j', (changes, message) => {
    const found = problems(changes);
    expect(found).not.toEqual([]);
    for (const line of found) expect(line).toMatch(message);
  });

  it('allows an odd difference of kernel and rate with a notice', () => {
    const { notices } = readConfig({ ...presets.v1, upsample_kernel_sizes: [15, 16, 4, 4] });
    expect(notices).toEqual([
      expect.stringMatching(
        /^upsample_kernel_sizes\[0\]: 15 - 8 is odd, .*padding 4 with output padding 1/,
      ),
    ]);
  });

  it('tells of more bands than there are frequencies', () => {
    const noticesOf = (num_mels: number) =>
      readConfig({ ...presets.v1, num_mels, n_fft: 1024 }).notices;
    expect(noticesOf(513)).toEqual([]);
    expect(noticesOf(514)).toEqual([
      expect.stringMatching(/^num_mels: 514 .* n_fft of 1024 has frequencies \(513\)/),
    ]);
  });

  it.each([
    ['', /^c\.json: it is empty/],
    ['{\n  "a": 1,\n}', /^c\.json: not valid JSON at line 3, column 1: remove the comma/],
    ['{\n  "fmax": NaN\n}', /line 2, column 11: NaN is not JSON/],
    ['{ "a": 1 // one\n}', /JSON has no comments/],
    ['{ "resblock": "1"', /ends too early/],
    ["{ 'resblock': '1' }", /double quotes/],
    ['{ "a": 1\n  "b": 2 }', /line 2, column 3: a comma is missing before/],
    ['{ "a": .5 }', /column 8: "\.5 }" cannot stand here/],
    ['{ "a": fast }', /column 8: fast is not JSON/],
    ['{ "a": 1 } x', /column 12: /],
    ['[1]', /^c\.json: \[1\] must be a JSON object/],
  ])('explains mistyped JSON: %j', (text, message) => {
    expect(() => readConfig(text, 'c.json')).toThrow(message);
    expect(() => readConfig(text, 'c.json')).toThrow(ConfigError);
  });

  it('reads a byte order mark', () => {
    expect(readConfig(`\uFEFF${JSON.stringify(presets.v3)}`).config).toEqual(presets.v3);
  });
});
