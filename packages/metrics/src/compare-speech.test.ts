import { melOptions } from '@hifigan/audio';
import { describe, expect, test } from 'vitest';
import {
  comparePitch,
  compareSpeech,
  estoi,
  loudnessDifference,
  melCepstralDistortion,
  melDistance,
  multiResolutionStftDistance,
  speechMeasures,
  stoi,
  trackPitch,
} from './index.js';
import { RATE, RECORDINGS, recording, spoilt } from './testing.js';

const mel = melOptions({
  ...{ sampling_rate: RATE, n_fft: 1024, hop_size: 256, win_size: 1024, num_mels: 80 },
  ...{ fmin: 0, fmax: 4000 },
});
const options = { samplingRate: RATE, mel };
const reference = recording(RECORDINGS[0]).subarray(0, 2 * RATE);
const generated = spoilt(RECORDINGS[0], 'noisy').subarray(0, 2 * RATE);
const NAMES = speechMeasures.map(({ name }) => name);

describe('compareSpeech', () => {
  test('is each measure by itself', () => {
    const stft = multiResolutionStftDistance(reference, generated);
    const pitch = comparePitch(trackPitch(reference, RATE), trackPitch(generated, RATE));
    expect(pitch.voicedInBoth).toBeGreaterThan(20);
    expect(compareSpeech(reference, generated, options)).toEqual({
      stoi: stoi(reference, generated, RATE),
      estoi: estoi(reference, generated, RATE),
      mel_distance: melDistance(reference, generated, mel),
      mel_distance_full_band: melDistance(reference, generated, { ...mel, fmax: null }),
      stft_spectral_convergence: stft.spectralConvergence,
      stft_log_magnitude: stft.logMagnitude,
      mel_cepstral_distortion: melCepstralDistortion(reference, generated, { mel }),
      f0_rmse: pitch.f0RmseCents,
      voiced_f1: pitch.voicedF1,
      loudness_difference: loudnessDifference(reference, generated, RATE),
    });
  });

  test('of a recording and itself is the best that each can be', () => {
    const found = compareSpeech(reference, reference, options);
    expect(Object.keys(found)).toEqual(NAMES);
    for (const { name, better } of speechMeasures) {
      expect(found[name], name).toBeCloseTo(better === 'higher' ? 1 : 0, 9);
    }
  });

  test('takes a pitch that is known already', () => {
    const referencePitch = trackPitch(reference, RATE);
    const found = compareSpeech(reference, generated, { ...options, referencePitch });
    expect(found).toEqual(compareSpeech(reference, generated, options));
  });

  test('computes those that are wanted alone', () => {
    const only = ['voiced_f1', 'stoi'] as const;
    const all = compareSpeech(reference, generated, options);
    const found = compareSpeech(reference, generated, { ...options, only });
    expect(Object.entries(found)).toEqual(only.map((name) => [name, all[name]]));
  });

  test('says why a measure is missing', () => {
    const reasons = new Map<string, string>();
    const onMissing = (name: string, reason: string) => reasons.set(name, reason);
    const silence = new Float32Array(RATE);
    const found = compareSpeech(silence, silence, { ...options, onMissing });
    const missing = Object.entries(found).flatMap(([name, value]) => (value === null ? name : []));
    expect([...reasons.keys()]).toEqual(missing);
    expect(missing).toContain('f0_rmse');
    expect(reasons.get('stoi')).toMatch(/reference is silent/);
    expect(reasons.get('voiced_f1')).toMatch(/no frame is voiced/);
  });

  test('what does not apply is null: recordings too short, silence, nothing voiced', () => {
    const short = compareSpeech(reference.subarray(0, 40), generated.subarray(0, 40), options);
    expect(short.stoi).toBeNull();
    expect(short.mel_distance).toBeNull();
    const silence = new Float32Array(RATE);
    const silent = compareSpeech(silence, generated.subarray(0, RATE), options);
    expect(silent).toMatchObject({ stoi: null, f0_rmse: null, loudness_difference: null });
    expect(silent.mel_distance).toBeGreaterThan(1);
    const mute = compareSpeech(reference, new Float32Array(reference.length), options);
    expect(mute).toMatchObject({ f0_rmse: null, loudness_difference: null });
  });

  test('refuses what cannot be compared, and impossible options', () => {
    const spoiltOne = generated.slice();
    spoiltOne[7] = Number.NaN;
    expect(() => compareSpeech(reference, spoiltOne, options)).toThrow(/generated\[7\]=NaN/);
    expect(() => compareSpeech(reference, generated.subarray(1), options)).toThrow(
      /generated.length=31999 must be reference.length=32000/,
    );
    expect(() => compareSpeech(reference, generated, { ...options, samplingRate: 0.5 })).toThrow(
      /samplingRate=0.5/,
    );
    const impossible = { ...options, mel: { ...mel, hopSize: 0 } };
    expect(() => compareSpeech(reference, generated, impossible)).toThrow(/hop/i);
  });

  test('says what is of the wrong kind', () => {
    type Options = typeof options;
    const told = (given: unknown) => () => compareSpeech(reference, generated, given as Options);
    expect(told(undefined)).toThrow(
      /^compareSpeech: options=undefined must be { samplingRate, mel/,
    );
    expect(told({ samplingRate: RATE })).toThrow(/mel=undefined must be .*melOptions\(config\)/);
    expect(told({ ...options, mel: { num_mels: 80 } })).toThrow(/mel is a configuration and must/);
    expect(told({ ...options, only: ['stoi', 'pesq'] })).toThrow(
      /only=pesq must be an array of names of measures, .*they are stoi, estoi/,
    );
    expect(told({ ...options, only: 'stoi' })).toThrow(/only=stoi must be an array/);
    expect(told({ ...options, referencePitch: {} })).toThrow(
      /referencePitch has no f0 and must be/,
    );
    const whole = new Int16Array(4) as unknown as Float32Array;
    expect(() => compareSpeech(whole, generated, options)).toThrow(
      /reference=Int16Array must be a Float32Array, .*32768/,
    );
  });
});
