import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { presets } from './presets.js';
import { readConfig } from './read-config.js';
import { configSchema } from './schema.js';

const validate = new Ajv({ allErrors: true, strict: 'log', allowUnionTypes: true }).compile(
  configSchema,
);

describe('configSchema', () => {
  it('accepts the presets and unknown keys', () => {
    for (const preset of Object.values(presets)) {
      expect(validate({ ...preset, extra: 1 }), JSON.stringify(validate.errors)).toBe(true);
    }
  });

  it('agrees with readConfig on every key made wrong', () => {
    const wrong = [null, true, -1, 0, 0.5, 'x', [], [0], [[0]], {}, { world_size: 'x' }];
    for (const key of Object.keys(presets.v1)) {
      for (const value of wrong) {
        const source = { ...presets.v1, [key]: value };
        const valid = validate(source);
        let typed = true;
        try {
          readConfig(source);
        } catch (error) {
          // Rules speak of agreement, which a schema cannot: only messages on types count here.
          typed =
            !(error as Error).message.includes(`${JSON.stringify(value)} must be`) &&
            !/\[0\](\.\w+)?: |world_size: /.test((error as Error).message);
        }
        if (!valid) expect(() => readConfig(source), `${key}=${JSON.stringify(value)}`).toThrow();
        else expect(typed, `${key}=${JSON.stringify(value)}`).toBe(true);
      }
    }
  });

  it('knows what the reference has not, and needs none of it', () => {
    const extended = {
      ...presets.v1,
      discriminator_channel_mult: 0.25,
      lambda_melloss: 15,
      use_multiscale_melloss: true,
      lambda_magnitude_loss: 15,
    };
    expect(validate(extended)).toBe(true);
    expect(readConfig(extended)).toMatchObject({ config: extended, unknownKeys: [] });
    expect(readConfig({ ...presets.v1 }).config).toEqual(presets.v1);
    for (const [key, wrong] of [
      ['discriminator_channel_mult', 0],
      ['lambda_melloss', -1],
      ['use_multiscale_melloss', 'yes'],
      ['lambda_magnitude_loss', -1],
    ]) {
      const source = { ...presets.v1, [key]: wrong };
      expect(validate(source), `${key}=${wrong}`).toBe(false);
      expect(() => readConfig(source)).toThrow(`${key}: ${JSON.stringify(wrong)} must be`);
    }
    expect(() => readConfig({ ...presets.v1, discriminator_channel_mult: 0.2 })).toThrow(
      'discriminator_channel_mult: 0.2 must be a multiple of 1/8, because the smallest layers have 128 channels in 16 groups; try 0.25',
    );
  });

  it.each([
    ['use_multiscale_melloss', true, 1024, 1280],
    ['lambda_magnitude_loss', 15, 2048, 2304],
  ])(
    'refuses clips that are shorter than the widest window of %s needs',
    (key, value, size, better) => {
      const short = { ...presets.v1, segment_size: size };
      expect(readConfig(short).config.segment_size).toBe(size);
      expect(() => readConfig({ ...short, [key]: value })).toThrow(
        `segment_size: ${size} must be more than ${size} with ${key}, because its widest window has twice that and a clip is padded with its own mirror image by half; try ${better}`,
      );
      expect(() => readConfig({ ...short, segment_size: better, [key]: value })).not.toThrow();
      expect(() =>
        readConfig({ ...short, [key]: typeof value === 'number' ? 0 : false }),
      ).not.toThrow();
    },
  );

  it('requires what makes a model and gives a default to the rest', () => {
    for (const key of Object.keys(presets.v1) as (keyof typeof configSchema.properties)[]) {
      const schema = configSchema.properties[key];
      const { [key]: _, ...rest } = presets.v1;
      expect(validate(rest)).toBe('default' in schema);
    }
  });
});

describe('presets', () => {
  it('begin with the published ones', () => {
    const { v1, v2, v3 } = presets;
    expect(v1).toMatchObject({
      upsample_initial_channel: 512,
      upsample_rates: [8, 8, 2, 2],
      upsample_kernel_sizes: [16, 16, 4, 4],
    });
    expect({ ...v2, upsample_initial_channel: 512 }).toEqual(v1);
    expect(v3).toMatchObject({
      resblock: '2',
      upsample_rates: [8, 8, 4],
      upsample_kernel_sizes: [16, 16, 8],
      upsample_initial_channel: 256,
    });
    expect(v3.resblock_dilation_sizes).toEqual([
      [1, 2],
      [2, 6],
      [3, 12],
    ]);
    expect(Object.keys(v1)).toHaveLength(25);
  });
});
