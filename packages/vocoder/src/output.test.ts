import { integratedLoudness, resample } from '@hifigan/audio';
import { expectClose } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkGolden } from './check-golden.js';
import { keepResampler } from './output.js';
import { smallBundle, smallConfig, smallMel } from './testing/small-bundle.js';
import { tfjsEngine } from './tfjs-engine.js';
import { Vocoder } from './vocoder.js';

/** A rate at which loudness can be measured; the frames of the denoiser have 32 samples. */
const config = { ...smallConfig, sampling_rate: 8000 };
const peakOf = (audio: Float32Array) => audio.reduce((a, b) => Math.max(a, Math.abs(b)), 0);

async function joined(parts: AsyncIterable<Float32Array>): Promise<Float32Array> {
  const all: number[] = [];
  for await (const part of parts) all.push(...part);
  return Float32Array.from(all);
}

describe('what is done to the sound', () => {
  let before = 0;
  let vocoder: Vocoder;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    before = tf.memory().numTensors;
    vocoder = await Vocoder.load(await smallBundle(1, config));
  });
  afterAll(async () => {
    await vocoder.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('denoises: nothing at 0, more with more, and what the model makes of nothing least of all', async () => {
    const mel = smallMel(80);
    const plain = await vocoder.synthesize(mel);
    expect(await vocoder.synthesize(mel, { denoise: 0 })).toEqual(plain);
    const moved: number[] = [];
    for (const denoise of [0.1, 0.5, 1]) {
      const cleaned = await vocoder.synthesize(mel, { denoise });
      expect(cleaned).toHaveLength(plain.length);
      moved.push(peakOf(cleaned.map((value, i) => value - plain[i])));
    }
    expect(moved[0]).toBeGreaterThan(1e-4);
    expect(moved).toEqual([...moved].sort((a, b) => a - b));
    // Of zeros, which the bias is taken of, the beginning goes away.
    const nothing = { data: new Float32Array(88 * 6), frames: 88, mels: 6 };
    const power = (audio: Float32Array) =>
      audio.subarray(0, 16).reduce((sum, value) => sum + value * value, 0);
    const loud = power(await vocoder.synthesize(nothing));
    expect(power(await vocoder.synthesize(nothing, { denoise: 1 }))).toBeLessThan(loud / 4);
  });

  it('refines: nothing at 0, nearer to the mel with more, the same in parts and among others', async () => {
    // Of a sound: there is none that has a mel of random numbers.
    const tones = Float32Array.from(
      { length: 1600 },
      (_, n) => 0.3 * Math.sin(n * (0.2 + n / 4e3)),
    );
    const mel = vocoder.analyze(tones);
    const far = (audio: Float32Array) =>
      vocoder.analyze(audio).data.reduce((sum, value, i) => sum + Math.abs(value - mel.data[i]), 0);
    const plain = await vocoder.synthesize(mel);
    expect(await vocoder.synthesize(mel, { refine: 0 })).toEqual(plain);
    const errors = [far(plain)];
    for (const refine of [1, 4, 16]) {
      const refined = await vocoder.synthesize(mel, { refine });
      expect(refined).toHaveLength(plain.length);
      errors.push(far(refined));
      const message = `${refine} rounds`;
      for (const chunkFrames of [1, 7, 500]) {
        const streamed = await joined(vocoder.stream([mel], { refine, chunkFrames }));
        expectClose(streamed, refined, { max: 1e-4 }, `${message}, streamed`);
        const cut = await vocoder.synthesize(mel, { refine, chunkFrames });
        expectClose(cut, refined, { max: 1e-4 }, `${message}, cut`);
      }
      const batch = await vocoder.synthesizeBatch([mel, smallMel(30), mel, mel], { refine });
      for (const one of [0, 2, 3]) expectClose(batch[one], refined, { max: 1e-4 }, message);
      expectClose(batch[1], await vocoder.synthesize(smallMel(30), { refine }), { max: 1e-4 });
    }
    expect(errors, errors.join(', ')).toEqual([...errors].sort((a, b) => b - a));
    expect(errors[3]).toBeLessThan(errors[0] / 4);
    // From phases of the mel, which are other ones: nearer at once, and the same in parts.
    const phases = 'integrated';
    const one = await vocoder.synthesize(mel, { refine: 1, phases });
    expect(one).toHaveLength(plain.length);
    expect(far(one)).toBeLessThan(errors[1]);
    expectClose(await joined(vocoder.stream([mel], { refine: 1, phases, chunkFrames: 7 })), one, {
      max: 1e-4,
    });
    expect(await vocoder.synthesize(mel, { refine: 0, phases })).toEqual(plain);
    // Louder than a sound can be.
    const loud = { ...mel, data: mel.data.map((value) => value + 3) };
    expect(peakOf(await vocoder.synthesize(loud, { refine: 8 }))).toBe(1);
    for (const refine of [-1, 0.5, 101, Number.NaN, '3' as unknown as number]) {
      const asked = { refine };
      await expect(vocoder.synthesize(mel, asked)).rejects.toThrow(/synthesize: refine=.*rounds/);
      await expect(vocoder.synthesizeBatch([mel], asked)).rejects.toThrow(/synthesizeBatch: refi/);
      await expect(joined(vocoder.stream([mel], asked))).rejects.toThrow(/stream: refine=/);
    }
    const strange = { refine: 1, phases: 'none' as 'kept' };
    await expect(vocoder.synthesize(mel, strange)).rejects.toThrow(
      /synthesize: phases="none" must be "kept" or "integrated"/,
    );
  });

  it("refines as the voice's card says, but for what is compared with its golden output", async () => {
    const mel = smallMel(60);
    const golden = { mel: smallMel(9), audio: await vocoder.synthesize(smallMel(9)) };
    const bundle = await smallBundle(1, config);
    const carded = await Vocoder.load({ ...bundle, card: { name: 'small', refine: 3 } });
    const three = await vocoder.synthesize(mel, { refine: 3 });
    expectClose(await carded.synthesize(mel), three, { max: 1e-4 });
    expectClose(await joined(carded.stream([mel])), three, { max: 1e-4 });
    const plain = await vocoder.synthesize(mel);
    expectClose(await carded.synthesize(mel, { refine: 0 }), plain, { max: 1e-5 });
    expect((await checkGolden(carded, golden, 1e-4)).ok).toBe(true);
    await carded.dispose();
    const narrow = await Vocoder.load({
      ...bundle,
      card: { name: 'small', refine: 3, bandwidth: 900 },
    });
    const rough = (audio: Float32Array) =>
      audio.reduce((sum, value, i) => sum + Math.abs(value - (audio[i - 1] ?? 0)), 0);
    expect(rough(await narrow.synthesize(mel))).toBeLessThan(rough(three) / 2);
    await narrow.dispose();
    const phases = 'integrated';
    const begun = await Vocoder.load({ ...bundle, card: { name: 'small', refine: 3, phases } });
    const integrated = await vocoder.synthesize(mel, { refine: 3, phases });
    expectClose(await begun.synthesize(mel), integrated, { max: 1e-4 });
    expectClose(await begun.synthesize(mel, { phases: 'kept' }), three, { max: 1e-4 });
    expect(peakOf(integrated.map((value, i) => value - three[i]))).toBeGreaterThan(1e-3);
    await begun.dispose();
  });

  it('does not refine by mels of another convention', async () => {
    const bundle = await smallBundle(1, config);
    const profile = { ...vocoder.profile, log: 'log10' } as const;
    const other = await Vocoder.load({ ...bundle, profile });
    expect(await other.synthesize(smallMel(8))).toHaveLength(64);
    await expect(other.synthesize(smallMel(8), { refine: 1 })).rejects.toThrow(
      /refine=1 must be 0 of this model, because its mels are of another convention/,
    );
    await other.dispose();
    // Half a hop beside, which is the same to a vocoder, is not the same to a refinement.
    const centred = { ...vocoder.profile, framing: 'centred' } as const;
    const aside = await Vocoder.load({ ...bundle, profile: centred });
    await expect(aside.synthesize(smallMel(8), { refine: 1 })).rejects.toThrow(/must be 0 of this/);
    await aside.dispose();
    const card = { name: 'small', refine: 2 };
    await expect(Vocoder.load({ ...bundle, profile, card }, { where: 'b' })).rejects.toThrow(
      /^b: card: refine=2 must be 0 of this model/,
    );
  });

  it('resamples, and brings to a loudness under a peak', async () => {
    const mel = smallMel(500);
    const plain = await vocoder.synthesize(mel);
    expect(await vocoder.synthesize(mel, { samplingRate: 11025 })).toEqual(
      resample(plain, 8000, 11025),
    );
    const louder = await vocoder.synthesize(mel, { loudness: -30 });
    expect(Math.abs(integratedLoudness(louder, 8000) + 30)).toBeLessThan(1e-3);
    // Nothing said of the peak, nothing clips; of many, each has its own factor, and no other than alone.
    const full = await vocoder.synthesize(mel, { loudness: 0 });
    expect(peakOf(full)).toBeCloseTo(1, 6);
    const [one, other] = await vocoder.synthesizeBatch([mel, smallMel(80)], { loudness: 0 });
    expect(one).toEqual(full);
    expect(other).toEqual(await vocoder.synthesize(smallMel(80), { loudness: 0 }));
    const [limited] = await vocoder.synthesizeBatch([mel], { loudness: 0, peak: -3 });
    expect(Math.abs(20 * Math.log10(peakOf(limited)) + 3)).toBeLessThan(1e-3);
  });

  it('streams the same', async () => {
    const mel = smallMel(200);
    for (const options of [
      { denoise: 0.5 },
      { samplingRate: 11025 },
      { denoise: 1, samplingRate: 6000 },
    ]) {
      const whole = await vocoder.synthesize(mel, options);
      for (const chunkFrames of [3, 50]) {
        const streamed = await joined(vocoder.stream([mel], { ...options, chunkFrames }));
        expectClose(streamed, whole, { max: 1e-5 }, JSON.stringify(options));
      }
    }
  });

  it('refuses wishes that are none', async () => {
    const mel = smallMel(3);
    await expect(vocoder.synthesize(mel, { denoise: 1.1 })).rejects.toThrow(
      /^synthesize: denoise=1.1 must be from 0 to 1/,
    );
    await expect(vocoder.synthesizeBatch([mel], { samplingRate: 0.5 })).rejects.toThrow(
      /samplingRate=0.5 must/,
    );
    await expect(joined(vocoder.stream([mel], { denoise: Number.NaN }))).rejects.toThrow(
      /^stream: denoise=NaN/,
    );
    await expect(vocoder.synthesize(mel, { peak: 3 })).rejects.toThrow(/peak=3/);
  });

  it('refuses them before anything is spoken, in the call and not in its turn', async () => {
    let runs = 0;
    const slow = await Vocoder.load(await smallBundle(1, config), {
      engine: async (bundle, where) => {
        const engine = await tfjsEngine(bundle, where);
        return { ...engine, generate: (mel) => engine.generate(mel).finally(() => runs++) };
      },
    });
    const mel = smallMel(3);
    for (const [options, message] of [
      [{ loudness: 3 }, /loudness=3 must be from -100 to 0/],
      [{ peak: Number.NaN }, /peak=NaN must be from -100 to 0/],
      [{ loudness: -16, samplingRate: 3000 }, /samplingRate=3000 must be at least 4000 Hz/],
      [{ samplingRate: 0.5 }, /samplingRate=0.5 must be a whole number/],
      [{ samplingRate: Number.NaN }, /samplingRate=NaN must be a whole number/],
    ] as const) {
      await expect(slow.synthesize(mel, options)).rejects.toThrow(message);
      await expect(slow.synthesizeBatch([mel], options)).rejects.toThrow(message);
    }
    expect(runs).toBe(0);
    // What cannot be measured at the model's own rate can be after resampling.
    await slow.synthesize(mel, { loudness: -16, samplingRate: 4000 });
    expect(runs).toBe(1);
    await slow.dispose();
  });

  it('keeps the filter of a rate, and takes another for another', () => {
    const to = keepResampler(8000);
    expect(to()).toBeUndefined();
    expect(to(8000)).toBeUndefined();
    const first = to(11025);
    expect(first).toMatchObject({ from: 8000, to: 11025 });
    expect(to(11025)).toBe(first);
    expect(to(16000)).toMatchObject({ from: 8000, to: 16000 });
  });
});
