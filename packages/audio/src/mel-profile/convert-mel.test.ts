import { describe, expect, it } from 'vitest';
import { MelError } from '../mel-array.js';
import { createMelSpectrogram } from '../mel-spectrogram.js';
import { createProfileAnalysis } from './analyze-profile.js';
import { bandStatistics } from './band-statistics.js';
import { convertMel } from './convert-mel.js';
import type { MelProfile } from './mel-profile.js';
import { melProfile, melProfiles } from './mel-profiles.js';
import { readMelProfile } from './read-mel-profile.js';
import { sameFrameRate } from './same-mel.js';
import { atRate, sampleRecordings } from './testing.js';

const HIFIGAN = melProfile('hifigan')!;

/**
 * Largest allowed mean distance from our own analysis of the same speech, in natural logarithms, frames at the ends and
 * silence left out. What shares the filterbank comes back exactly; librosa's default has half of the frames and a
 * window twice as long, torchaudio's and BigVGAN's of a hop of 256 one half as long; decibels against the loudest have lost their level.
 */
const BOUNDS: Readonly<Record<string, number>> = {
  hifigan: 1e-6,
  'hifigan-full-band': 0.1,
  'tacotron2-nvidia': 1e-3,
  'nemo-hifigan': 1e-3,
  'nemo-fastpitch': 1e-3,
  'tacotron-keithito': 0.15,
  'tacotron2-rayhane': 0.12,
  'wavenet-r9y9': 0.2,
  'coqui-normalised': 0.05,
  coqui: 1e-3,
  'coqui-statistics': 1e-3,
  espnet: 0.12,
  'espnet-statistics': 0.12,
  'espnet-24k': 0.18,
  'espnet-24k-statistics': 0.18,
  speecht5: 0.3,
  'librosa-power': 0.5,
  'librosa-decibel': 0.7,
  'librosa-80-power': 0.16,
  'librosa-80-decibel': 0.6,
  torchaudio: 0.5,
  'torchaudio-80': 0.18,
  vocos: 0.15,
  log10: 1e-3,
  decibel: 1e-3,
  'natural-power': 0.12,
  amplitude: 1e-3,
  'bigvgan-24k': 0.15,
  'bigvgan-44k': 0.05,
  'coqui-normalised-1': 0.05,
  'coqui-normalised-4': 0.05,
  'librosa-decibel-ref1': 0.5,
  'librosa-80-decibel-ref1': 0.16,
  'hifigan-128': 0.15,
  'bigvgan-44k-256': 0.5,
  'librosa-80-8k-power': 0.12,
  'librosa-80-8k-decibel': 0.6,
  'librosa-80-8k-decibel-ref1': 0.12,
  'librosa-80-natural': 0.16,
  'librosa-80-log10': 0.16,
  'librosa-80-log1p': 0.16,
  'torchaudio-decibel': 0.5,
  'torchaudio-80-decibel': 0.18,
  'torchaudio-80-natural': 0.18,
};

const recordings = [...sampleRecordings().values()]
  .slice(0, 2)
  .map((one) => one.subarray(8000, 32000));

/** Our analysis at the frames of a profile: half a hop earlier where those are centred. */
function ownMel(audio: Float32Array, profile: MelProfile) {
  const own = createMelSpectrogram({
    samplingRate: 22050,
    nFft: 1024,
    hopSize: 256,
    winSize: 1024,
    numMels: 80,
    fmin: 0,
    fmax: 8000,
  });
  if (profile.framing === 'hop' || !sameFrameRate(profile, HIFIGAN)) return own.analyze(audio);
  const moved = new Float32Array(audio.length + 128);
  moved.set(audio, 128);
  return own.analyze(moved);
}

describe('convertMel', () => {
  it.each(melProfiles.map(({ name, profile }) => ({ name, profile })))(
    'brings $name near our own analysis',
    ({ name, profile }) => {
      let [sum, count, worst] = [0, 0, 0];
      for (const recording of recordings) {
        const audio = atRate(recording, profile.samplingRate);
        const statistics =
          profile.normalisation?.kind === 'statistics'
            ? bandStatistics([
                createProfileAnalysis({ ...profile, normalisation: undefined }).analyze(audio),
              ])
            : undefined;
        const theirs = createProfileAnalysis(profile, statistics).analyze(audio);
        const { mel } = convertMel(theirs, profile, HIFIGAN, { statistics });
        const own = ownMel(atRate(recording, 22050), profile);
        for (let at = 2 * 80; at < Math.min(own.data.length, mel.data.length) - 2 * 80; at++) {
          if (own.data[at] < -10.5) continue;
          const off = Math.abs(own.data[at] - mel.data[at]);
          worst = Math.max(worst, off);
          sum += off;
          count++;
        }
      }
      expect(sum / count, `largest ${worst.toFixed(3)}`).toBeLessThan(BOUNDS[name]);
    },
  );

  it('comes back to where it began, wherever nothing is lost', () => {
    const audio = atRate(recordings[0], 22050);
    for (const name of ['tacotron2-nvidia', 'coqui', 'nemo-fastpitch', 'nemo-hifigan']) {
      const profile = melProfile(name)!;
      const mel = createProfileAnalysis(profile).analyze(audio);
      const there = convertMel(mel, profile, { ...HIFIGAN, log: 'decibel', floor: 1e-9 }).mel;
      const back = convertMel(there, { ...HIFIGAN, log: 'decibel', floor: 1e-9 }, profile).mel;
      let worst = 0;
      for (let at = 0; at < mel.data.length; at++) {
        worst = Math.max(worst, Math.abs(back.data[at] - mel.data[at]));
      }
      expect(worst, name).toBeLessThan(1e-3);
    }
  });

  it('does numbers by the formula', () => {
    const one = (profile: MelProfile, value: number, statistics?: object) =>
      convertMel(
        { data: Float32Array.of(value), frames: 1, mels: 1 },
        { ...profile, mels: 1 },
        { ...HIFIGAN, mels: 1, fmin: profile.fmin, fmax: profile.fmax },
        { statistics: statistics as never },
      ).mel.data[0];
    const centred = melProfile('tacotron2-nvidia')!;
    // −40 dB is a hundredth.
    expect(one({ ...centred, log: 'decibel' }, -40)).toBeCloseTo(Math.log(0.01), 5);
    expect(one({ ...centred, log: 'log10' }, -2)).toBeCloseTo(Math.log(0.01), 5);
    expect(one({ ...centred, log: 'none', floor: 0 }, 0.01)).toBeCloseTo(Math.log(0.01), 5);
    // 0 of −4 … 4 is the middle of −80 … 20 dB: −30 dB. 0.5 of 0 … 1 is −50 of −100 … 0.
    expect(one(melProfile('coqui-normalised')!, 0)).toBeCloseTo((-30 * Math.LN10) / 20, 5);
    const keith = melProfile('tacotron-keithito')!.normalisation;
    expect(one({ ...centred, log: 'decibel', normalisation: keith }, 0.5)).toBeCloseTo(
      (-50 * Math.LN10) / 20,
      5,
    );
    // Added floors are taken off again; what is below the floor is raised to it.
    expect(one({ ...centred, floorBy: 'add' }, Math.log(0.01 + 1e-5))).toBeCloseTo(
      Math.log(0.01),
      5,
    );
    expect(one({ ...centred, floor: 1e-8 }, -18)).toBeCloseTo(Math.log(1e-5), 5);
    const normalisation = { kind: 'statistics' } as const;
    const statistics = { mean: [-3], scale: [2] };
    expect(one({ ...centred, log: 'log10', normalisation }, 0.5, statistics)).toBeCloseTo(
      -2 * Math.LN10,
      5,
    );
  });

  it('says what was lost', () => {
    const losses = (name: string) => {
      const profile = melProfile(name)!;
      const mel = createProfileAnalysis(profile).analyze(
        atRate(recordings[0].subarray(0, 16000), profile.samplingRate),
      );
      return convertMel(mel, profile, HIFIGAN).losses.join('; ');
    };
    expect(losses('hifigan')).toBe('');
    expect(losses('nemo-hifigan')).toBe('');
    expect(losses('coqui')).toBe('frames lie half a hop early (5.8 ms), which is left so');
    expect(losses('coqui-normalised')).toMatch(/what was below -80 or above 20 dB was cut off/);
    expect(losses('espnet')).toMatch(/80 bands from 80 to 7600 Hz \(slaney\) became 80 from 0 to/);
    expect(losses('espnet-24k')).toMatch(/80\.00 a second became 86\.13/);
    expect(losses('librosa-decibel')).toMatch(/its level was taken out/);
    expect(losses('torchaudio-80')).toMatch(/bands sum powers, amplitudes are estimated/);
  });

  it('refuses what it cannot know', () => {
    const mel = { data: new Float32Array(160), frames: 2, mels: 80 };
    expect(() => convertMel(mel, melProfile('espnet-statistics')!, HIFIGAN)).toThrow(
      /statistics=undefined must be given/,
    );
    expect(() =>
      convertMel(mel, melProfile('espnet-statistics')!, HIFIGAN, {
        statistics: { mean: [0], scale: [1] },
      }),
    ).toThrow(/statistics of 1 means and 1 deviations must have 80/);
    expect(() => convertMel(mel, melProfile('vocos')!, HIFIGAN)).toThrow(MelError);
    const spoilt = { ...mel, data: new Float32Array(160).fill(-1) };
    spoilt.data[85] = Number.NaN;
    expect(() => convertMel(spoilt, HIFIGAN, HIFIGAN)).toThrow(
      /frame 1, band 5 is NaN and must be finite/,
    );
  });
});

describe('what a convention cannot have', () => {
  const mel = (value: number, mels: number) => ({
    data: Float32Array.from({ length: 2 * mels }, (_, at) => (at === mels + 1 ? value : 0.5)),
    ...{ frames: 2, mels },
  });
  const amplitude = melProfile('amplitude')!;

  it('is refused, and never becomes NaN or infinite', () => {
    expect(() => convertMel(mel(-0.25, amplitude.mels), amplitude, HIFIGAN)).toThrow(
      'convertMel: the value at frame 1, band 1 is -0.25 and must be at least 0, because the profile has the sums themselves (log=none)',
    );
    expect(() => convertMel(mel(-0.25, amplitude.mels), amplitude, HIFIGAN)).toThrow(MelError);
    expect(() => convertMel(mel(300, HIFIGAN.mels), HIFIGAN, amplitude)).toThrow(
      /the value at frame 1, band 1 is 300 and must be that of a sound, .* 2606 dB/,
    );
    for (const profile of [HIFIGAN, { ...HIFIGAN, floorBy: 'add' as const }, amplitude]) {
      for (const value of [-1e30, -80, 0, 90]) {
        const to = { ...HIFIGAN, floorBy: 'add' as const };
        const wanted = profile === amplitude && value < 0;
        if (wanted) continue;
        const { data } = convertMel(mel(value, HIFIGAN.mels), profile, to).mel;
        expect(data.every(Number.isFinite), `${profile.log} ${value}`).toBe(true);
      }
    }
  });

  it('is told of profiles and statistics, too', () => {
    const bare = { ...HIFIGAN, floor: 0 };
    expect(() => convertMel(mel(0, HIFIGAN.mels), bare, amplitude)).toThrow(
      'convertMel: floor=0 must be above 0 with log=natural, because silence has no logarithm',
    );
    expect(() => readMelProfile(bare)).toThrow(/^mel profile: floor=0 must be above 0 with log=/);
    expect(readMelProfile({ ...amplitude, floor: 0 }).floor).toBe(0);
    const normalised: MelProfile = { ...HIFIGAN, normalisation: { kind: 'statistics' } };
    const statistics = {
      mean: new Float32Array(HIFIGAN.mels),
      scale: new Float32Array(HIFIGAN.mels).fill(1).fill(0, 3, 4),
    };
    expect(() => convertMel(mel(0, HIFIGAN.mels), normalised, HIFIGAN, { statistics })).toThrow(
      /statistics of band 3 are mean=0, deviation=0 and must be numbers/,
    );
  });

  it('frames in the middle of hops are mirrored by whole samples, centred ones by any', () => {
    const odd = { ...HIFIGAN, hopSize: 255, log: 'log10' as const };
    expect(() => createProfileAnalysis(odd)).toThrow(/255/);
    const { analyze } = createProfileAnalysis({ ...odd, framing: 'centred' });
    expect(analyze(new Float32Array(2550)).frames).toBe(11);
  });
});
