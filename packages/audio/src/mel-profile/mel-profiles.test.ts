import { describe, expect, it } from 'vitest';
import { profileOfConfig } from './mel-profile.js';
import { melProfile, melProfiles } from './mel-profiles.js';
import { readMelProfile } from './read-mel-profile.js';

const V1 = {
  sampling_rate: 22050,
  n_fft: 1024,
  hop_size: 256,
  win_size: 1024,
  num_mels: 80,
  fmin: 0,
  fmax: 8000,
};

describe('melProfiles', () => {
  it('have names of their own, survive JSON, and the first is that of V1', () => {
    const names = melProfiles.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, profile } of melProfiles) {
      expect(readMelProfile(JSON.parse(JSON.stringify(profile)), name)).toEqual(profile);
    }
    expect(melProfile('hifigan')).toEqual(profileOfConfig(V1));
    expect(melProfile('nothing')).toBeUndefined();
  });
});

describe('readMelProfile', () => {
  const reading = (changes: object) => () => readMelProfile({ ...profileOfConfig(V1), ...changes });

  it('names the key that is wrong', () => {
    expect(() => readMelProfile(null)).toThrow('mel profile: null must be an object');
    expect(() => readMelProfile([])).toThrow(/must be an object/);
    expect(reading({ log: 'ln' })).toThrow('mel profile: log="ln" must be one of natural, log10');
    expect(reading({ hopSize: 256.5 })).toThrow(/hopSize=256\.5 must be a whole number/);
    expect(reading({ samplingRate: undefined })).toThrow(/samplingRate=missing must be above 0/);
    expect(reading({ windowSize: 2048 })).toThrow(/windowSize=2048 must be at most fftSize=1024/);
    expect(reading({ fmax: 12000 })).toThrow(/fmax=12000 must be at most half/);
    expect(reading({ floor: -1 })).toThrow(/floor=-1 must be at least 0/);
    expect(reading({ preemphasis: 1 })).toThrow(/preemphasis=1 must be from 0 to below 1/);
    expect(reading({ normalisation: { kind: 'z' } })).toThrow(/kind="z" must be range/);
    expect(
      reading({ normalisation: { kind: 'range', low: 0, high: -80, from: 0, to: 1 } }),
    ).toThrow(/two rising ranges/);
  });
});
