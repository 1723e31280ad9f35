import { createProfileAnalysis, type MelProfile, profileOfConfig } from '@hifigan/audio';
import { writeSafetensors } from '@hifigan/checkpoint';
import type { HifiGanConfig } from '@hifigan/config';
import { receptiveField } from '@hifigan/models';
import { expectClose } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bundle, readBundle, writeBundle } from './bundle.js';
import { foldBundle } from './fold-bundle.js';
import { piecesOf } from './pieces.js';
import { randomOf, smallConfig as small, smallBundle } from './testing/small-bundle.js';
import { Vocoder } from './vocoder.js';

const second: HifiGanConfig = {
  ...small,
  resblock: '2',
  resblock_dilation_sizes: [
    [1, 2],
    [3, 12],
  ],
};

const melOf = (frames: number, mels = 6) => ({
  data: Float32Array.from({ length: frames * mels }, randomOf(frames)).map(
    (value) => value * 8 - 8,
  ),
  frames,
  mels,
});

const bundleOf = async (config: HifiGanConfig): Promise<Bundle> => {
  const { card: _, ...bundle } = await smallBundle(1, config);
  return bundle;
};

describe('vocoder', () => {
  let before = 0;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    before = tf.memory().numTensors;
  });
  afterAll(() => expect(tf.memory().numTensors).toBe(before));

  it.each([
    ['1', small],
    ['2', second],
  ])('gives in pieces what it gives whole, block %s', async (_, config) => {
    const vocoder = await Vocoder.load(await bundleOf(config));
    const tensors = tf.memory().numTensors;
    const { before: left, after: right } = receptiveField(config);
    const mel = melOf(3 * (left + right));
    const whole = await vocoder.synthesize(mel, { chunkFrames: mel.frames });
    expect(whole).toHaveLength(mel.frames * 8);
    expect(new Set(whole).size).toBeGreaterThan(mel.frames);
    for (const chunkFrames of [1, 7, left + right, mel.frames - 1]) {
      const done: number[] = [];
      const pieces = await vocoder.synthesize(mel, {
        chunkFrames,
        onProgress: (frames) => void done.push(frames),
      });
      expectClose(pieces, whole, { max: 1e-5 }, `pieces of ${chunkFrames}`);
      expect(done.at(-1)).toBe(mel.frames);
      expect(done).toHaveLength(Math.ceil(mel.frames / chunkFrames));
    }
    expect(tf.memory().numTensors).toBe(tensors);
    vocoder.dispose();
  });

  it('needs its overlap: with half of it the seams show', async () => {
    const { before: left, after: right } = receptiveField(small);
    const vocoder = await Vocoder.load(await bundleOf(small));
    const mel = melOf(2 * (left + right) + 1);
    const whole = await vocoder.synthesize(mel);
    const from = left + right;
    const half = Math.floor(left / 2);
    const cut = (start: number) => ({
      ...mel,
      data: mel.data.subarray(start * 6),
      frames: mel.frames - start,
    });
    const exact = await vocoder.synthesize(cut(from - left));
    expectClose(
      exact.subarray(left * 8, (left + 1) * 8),
      whole.subarray(from * 8, (from + 1) * 8),
      { max: 1e-6 },
    );
    const less = await vocoder.synthesize(cut(from - half));
    expect(less.subarray(half * 8, (half + 1) * 8)).not.toEqual(
      whole.subarray(from * 8, (from + 1) * 8),
    );
    vocoder.dispose();
  });

  it('folds weight norm without changing the sound, and reads what it wrote', async () => {
    const bundle = await bundleOf(small);
    const folded = await foldBundle(bundle);
    expect([...folded.weights.keys()].some((name) => name.endsWith('weight_g'))).toBe(false);
    const mel = melOf(9);
    const speak = async (some: Bundle) => {
      const vocoder = await Vocoder.load(some);
      const audio = await vocoder.synthesize(mel);
      vocoder.dispose();
      return audio;
    };
    const reference = await speak(bundle);
    expectClose(await speak(folded), reference, { max: 1e-6 });
    const card = { name: 'test' };
    const whole = readBundle(writeBundle({ ...folded, card }));
    expect(whole).toMatchObject({
      config: small,
      card: { name: 'test', precision: 'float32' },
      notices: [expect.stringMatching(/is odd/)],
    });
    expectClose(await speak(whole), reference, { max: 1e-6 });
    const halved = readBundle(writeBundle(folded, { precision: 'float16' }));
    expectClose(await speak(halved), reference, { max: 2e-3 });
  });

  it('analyzes as its configuration says', async () => {
    const vocoder = await Vocoder.load(await bundleOf(small));
    expect(vocoder.analyze(new Float32Array(81))).toMatchObject({ frames: 10, mels: 6 });
    expect(vocoder.engine).toBe('tfjs (cpu)');
    vocoder.dispose();
  });

  it('analyzes in the convention of a foreign model, and normalises what it speaks', async () => {
    const profile: MelProfile = {
      ...profileOfConfig(small),
      log: 'log10',
      floor: 1e-10,
      framing: 'centred',
      guard: undefined,
    };
    const statistics = { mean: [-3, -2, -2, -2, -3, -4], scale: [1, 2, 1, 0.5, 1, 2] };
    const bundle = { ...(await bundleOf(small)), profile, statistics };
    const vocoder = await Vocoder.load(bundle);
    const audio = Float32Array.from({ length: 400 }, randomOf(7)).map((value) => value - 0.5);
    const mel = vocoder.analyze(audio);
    expect(mel).toEqual(createProfileAnalysis(profile).analyze(audio));
    expect(mel.frames).toBe(51);
    // By hand: the generator alone takes what is normalised.
    const plain = await Vocoder.load(await bundleOf(small));
    const normalised = mel.data.map(
      (value, at) => (value - statistics.mean[at % 6]) / statistics.scale[at % 6],
    );
    const expected = await plain.synthesize({ ...mel, data: normalised });
    expectClose(await vocoder.synthesize(mel), expected, { max: 1e-6 });
    // What was computed before: another mel, and another sound.
    const natural = plain.analyze(audio);
    expect(natural.frames).toBe(50);
    expect(Math.abs(natural.data[0] - mel.data[0])).toBeGreaterThan(0.1);
    vocoder.dispose();
    plain.dispose();
  });

  it('refuses mels and bundles that do not fit, with advice', async () => {
    const bundle = await bundleOf(small);
    const vocoder = await Vocoder.load(bundle);
    await expect(vocoder.synthesize(melOf(6, 9))).rejects.toThrow(
      /must have 6 mels, .* axes are swapped; transpose it/,
    );
    await expect(vocoder.synthesize(melOf(7, 9))).rejects.toThrow(/use the features of the model/);
    await expect(vocoder.synthesize({ ...melOf(3), frames: 4 })).rejects.toThrow(/as many values/);
    await expect(vocoder.synthesize(melOf(0))).rejects.toThrow(/at least one frame/);
    const half = { data: new Float32Array(9), frames: 1.5, mels: 6 };
    await expect(vocoder.synthesize(half)).rejects.toThrow(/frames=1.5, .* only whole ones/);
    const { data, ...shape } = melOf(2);
    for (const [kind, values] of [
      ['Array', [...data]],
      ['Float64Array', Float64Array.from(data)],
      ['Undefined', undefined],
    ] as const) {
      const mel = { ...shape, data: values } as unknown as ReturnType<typeof melOf>;
      const refused = new RegExp(`^mel: data=${kind} must be a Float32Array`);
      await expect(vocoder.synthesize(mel)).rejects.toThrow(refused);
    }
    await expect(vocoder.synthesize(undefined as never)).rejects.toThrow(/^mel: data=Undefined/);
    const broken = melOf(3);
    broken.data[7] = Number.NaN;
    await expect(vocoder.synthesize(broken)).rejects.toThrow(/value at frame 1, band 1 is NaN/);
    await expect(vocoder.synthesize(melOf(3), { chunkFrames: 0 })).rejects.toThrow(/chunkFrames=0/);
    vocoder.dispose();
    const tensors = tf.memory().numTensors;
    await expect(
      Vocoder.load({ ...bundle, config: second }, { where: 'g.safetensors' }),
    ).rejects.toThrow(/g\.safetensors: arrays must be/);
    expect(tf.memory().numTensors).toBe(tensors);
    const files = writeBundle(bundle);
    const read = (changes: object) => () =>
      readBundle({ ...files, ...changes }, { generator: 'g.safetensors' });
    expect(read({ generator: files.generator.subarray(0, 5000) })).toThrow(
      /g\.safetensors: not a readable safetensors file/,
    );
    expect(read({ config: '{' })).toThrow(/config\.json: /);
    expect(read({ card: '{}' })).toThrow(/card\.json: must be an object with a name/);
    const nan = new Map(bundle.weights);
    nan.set('conv_post.bias', { shape: [1], data: Float32Array.of(Number.NaN) });
    expect(read({ generator: writeSafetensors(nan) })).toThrow(
      /g\.safetensors: conv_post\.bias holds NaN/,
    );
  });
});

describe('piecesOf', () => {
  it('covers all frames once, evenly, with context inside the mel', () => {
    for (const [frames, size] of [
      [1, 5],
      [5, 5],
      [6, 5],
      [103, 10],
    ]) {
      const pieces = piecesOf(frames, size, { before: 3, after: 2 });
      expect(
        pieces.flatMap(({ start, end }) =>
          Array.from({ length: end - start }, (_, i) => start + i),
        ),
      ).toEqual(Array.from({ length: frames }, (_, i) => i));
      for (const { start, end, from, to } of pieces) {
        expect(end - start).toBeLessThanOrEqual(size);
        expect([from, to]).toEqual([Math.max(0, start - 3), Math.min(frames, end + 2)]);
      }
    }
  });
});
