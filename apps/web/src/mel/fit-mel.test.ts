import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createProfileAnalysis, melProfile, melToArray, readWav, resample } from '@hifigan/audio';
import { difference, expectClose } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { fitMel } from './fit-mel.js';

const wanted = melProfile('hifigan')!;
// Conventions are told by what is known of speech.
const sample = fileURLToPath(new URL('../../../../samples/en-vm-review.wav', import.meta.url));
const { channels, samplingRate } = readWav(readFileSync(sample), sample);
const audio = resample(channels[0].subarray(0, 3 * samplingRate), samplingRate, 22050);
const mel = createProfileAnalysis(wanted).analyze(audio);

describe('fitMel', () => {
  it('takes what the voice wants as it is', () => {
    const fitted = fitMel(melToArray(mel), wanted, 'a.npy');
    expectClose(fitted.mel.data, mel.data, { max: 0 });
  });

  it('puts axes right, and says so', () => {
    const stored = { shape: [mel.frames, mel.mels], data: mel.data };
    const fitted = fitMel(stored, wanted, 'a.npy');
    expectClose(fitted.mel.data, mel.data, { max: 0 });
    expect(fitted.notices.join()).toContain('a.npy: its axes were swapped');
  });

  it('converts another convention, and says from which', () => {
    const theirs = createProfileAnalysis(melProfile('coqui-normalised-1')!).analyze(audio);
    const fitted = fitMel(melToArray(theirs), wanted, 'a.npy');
    expect(fitted.notices.join()).toContain('a.npy: converted from coqui-normalised-1');
    const { data } = fitted.mel;
    // What is below −80 dB is cut off there.
    const { mean } = difference(data.subarray(0, mel.data.length), mel.data);
    expect(mean).toBeLessThan(0.5);
    expect(difference(theirs.data.subarray(0, mel.data.length), mel.data).mean).toBeGreaterThan(3);
  });

  it('takes what may be the voice’s, says that it is not sure, and names what else it may be', () => {
    const cut = { ...mel, data: mel.data.map((value) => Math.max(value, -6)) };
    const fitted = fitMel(melToArray(cut), wanted, 'a.npy');
    expectClose(fitted.mel.data, cut.data, { max: 0 });
    expect(fitted.notices.join('\n')).toMatch(/which is not sure: .*lie on the lowest, -6/);
    // Rises as speech of base 10 does.
    const rate = wanted.samplingRate;
    const saw = Float32Array.from({ length: 2 * rate }, (_, at) => {
      const cycles = (100 * at) / rate + 50 * (at / rate) ** 2;
      return 0.5 * (cycles - Math.floor(cycles) - 0.5);
    });
    const saws = melToArray(createProfileAnalysis(wanted).analyze(saw));
    const { notices } = fitMel(saws, wanted, 'saw.npy');
    expect(notices.join('\n')).toMatch(/saw\.npy: it may as well be .*espnet-24k \(/);
    expect(notices.join('\n')).not.toMatch(/as well be .*hifigan \(/);
  });

  it('refuses what is no mel, in words', () => {
    const stored = { shape: [3, 5, 7], data: new Float32Array(105) };
    expect(() => fitMel(stored, wanted, 'a.npy')).toThrow('a.npy: its shape [3, 5, 7]');
    const spoilt = { shape: [80, 2], data: new Float32Array(160).fill(Number.NaN) };
    expect(() => fitMel(spoilt, wanted, 'a.npy')).toThrow('NaN');
  });
});
