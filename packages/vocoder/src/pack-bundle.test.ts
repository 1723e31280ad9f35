import { profileOfConfig } from '@hifigan/audio';
import { readSafetensors, writeSafetensors } from '@hifigan/checkpoint';
import { expectClose } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import ajv from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { outputDifference } from './check-golden.js';
import { manifestSchema } from './manifest-schema.js';
import { openBundle } from './open-bundle.js';
import { packBundle } from './pack-bundle.js';
import { sha256 } from './sha256.js';
import { smallBundle, smallConfig, smallMel } from './testing/small-bundle.js';
import { Vocoder } from './vocoder.js';

describe('packBundle', () => {
  let before = 0;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    before = tf.memory().numTensors;
  });
  afterAll(() => expect(tf.memory().numTensors).toBe(before));

  it.each(['float32', 'float16'] as const)('makes %s files that state themselves', async (kind) => {
    const bundle = await smallBundle();
    const { files, manifest } = await packBundle(bundle, { mel: smallMel(9), precision: kind });
    expect([...files.keys()]).toEqual([
      'bundle.json',
      'config.json',
      'generator.safetensors',
      'card.json',
      'golden.safetensors',
    ]);
    const text = new TextDecoder().decode(files.get('bundle.json'));
    expect(JSON.parse(text)).toEqual(manifest);
    const valid = new ajv.Ajv({ allowUnionTypes: true }).compile(manifestSchema);
    expect(valid(manifest), JSON.stringify(valid.errors)).toBe(true);
    expect(manifest).toMatchObject({
      format: 3,
      weights: { precision: kind },
      mel: profileOfConfig(smallConfig),
      golden: { frames: 9, samples: 72, engine: 'tfjs (cpu)' },
    });
    for (const [name, { bytes, sha256: hash }] of Object.entries(manifest.files)) {
      expect(files.get(name)).toHaveLength(bytes);
      expect(await sha256(files.get(name) as Uint8Array)).toBe(hash);
    }
    const names = [...readSafetensors(files.get('generator.safetensors') as Uint8Array).arrays];
    expect(names.filter(([name]) => /weight_[gv]/.test(name))).toEqual([]);
    // The golden output is that of the weights as they are stored, the difference that of their rounding.
    const { arrays } = readSafetensors(files.get('golden.safetensors') as Uint8Array);
    const speak = async (some: Parameters<typeof Vocoder.load>[0]) => {
      const vocoder = await Vocoder.load(some);
      const audio = await vocoder.synthesize(smallMel(9));
      vocoder.dispose();
      return audio;
    };
    const golden = arrays.get('audio')?.data as Float32Array;
    expectClose(golden, await speak(files), { max: 1e-7 });
    const { max } = outputDifference(golden, await speak(bundle));
    const { rounding } = manifest.weights;
    if (kind === 'float32') {
      expect(rounding).toBeUndefined();
      expect(max).toBeLessThan(1e-5);
    } else {
      expect(rounding?.max).toBeGreaterThan(1e-5);
      expect(rounding?.max).toBeLessThan(1e-2);
      expect(max / (rounding?.max ?? 0)).toBeCloseTo(1, 0);
    }
  });

  it('packs what it packed into the same, and keeps what rounding did before', async () => {
    const mel = smallMel(9);
    const first = await packBundle(await smallBundle(), { mel, precision: 'float16' });
    const again = await packBundle(await openBundle(first.files), { mel, precision: 'float16' });
    expect(again.manifest).toEqual(first.manifest);
    expect([...again.files]).toEqual([...first.files]);
  });

  it('refuses weights that halves cannot hold, and such as make no sound', async () => {
    const bundle = await smallBundle();
    const withBias = (value: number) => ({
      ...bundle,
      weights: new Map(bundle.weights).set('conv_post.bias', {
        shape: [1],
        data: Float32Array.of(value),
      }),
    });
    const mel = smallMel(9);
    await expect(packBundle(withBias(70000), { mel, precision: 'float16' })).rejects.toThrow(
      /conv_post\.bias holds 70000, which is too large for float16 .*store float32/,
    );
    await expect(packBundle(withBias(Number.NaN), { mel })).rejects.toThrow(
      /generator: tfjs \(cpu\) made values that are no numbers.*an earlier checkpoint/,
    );
    // What the reader refuses by itself.
    const spoilt = writeSafetensors(withBias(Number.NaN).weights);
    expect(readSafetensors(spoilt).arrays.get('conv_post.bias')?.data[0]).toBeNaN();
  });
});
