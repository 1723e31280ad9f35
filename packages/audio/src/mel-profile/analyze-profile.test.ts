import { golden } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { createProfileAnalysis } from './analyze-profile.js';
import { melProfiles } from './mel-profiles.js';
import { atRate, profileGoldens, sampleRecordings } from './testing.js';

const file = profileGoldens((path) => golden(import.meta.url, path));
// As mel_profiles.py cuts it.
const speech = sampleRecordings()
  .get('it-vm-record-prepend.wav')!
  .subarray(0.6 * 16000, 1.85 * 16000);

/**
 * Where less than 1e-3 cannot be: NeMo's window is not periodic; powers without a logarithm count by their size; of
 * bands above the recording's highest frequency, Vocos has the logarithm of rounding errors, librosa and torchaudio's
 * decibels a little of them.
 */
const MEAN: Readonly<Record<string, number>> = {
  'nemo-hifigan': 3e-3,
  'nemo-fastpitch': 3e-3,
  vocos: 0.1,
  'librosa-80-decibel-ref1': 1e-4,
  'torchaudio-decibel': 1e-4,
  'torchaudio-80-decibel': 1e-4,
};

describe('createProfileAnalysis', () => {
  it.each(melProfiles)('computes what $name does', ({ name, profile, layout }) => {
    const { data, shape } = file.array(name);
    const statistics =
      profile.normalisation?.kind === 'statistics'
        ? { mean: file.array(`${name}/mean`).data, scale: file.array(`${name}/scale`).data }
        : undefined;
    const mel = createProfileAnalysis(profile, statistics as never).analyze(
      atRate(speech, profile.samplingRate),
    );
    const [mels, frames] = layout === 'mels first' ? shape : [shape[1], shape[0]];
    expect([mel.mels, mel.frames]).toEqual([mels, frames]);
    let [largest, sum, count, size] = [0, 0, 0, 0];
    // librosa pads `melspectrogram` with zeros.
    for (let frame = 3; frame < frames - 3; frame++) {
      for (let band = 0; band < mels; band++) {
        const theirs = data[layout === 'mels first' ? band * frames + frame : frame * mels + band];
        const off = Math.abs(Number(theirs) - mel.data[frame * mels + band]);
        largest = Math.max(largest, off);
        size = Math.max(size, Math.abs(Number(theirs)));
        sum += off;
        count++;
      }
    }
    const unit = profile.log === 'none' ? size : 1;
    expect(sum / count / unit).toBeLessThan(MEAN[name] ?? 1e-5);
    if (MEAN[name] === undefined) expect(largest / unit).toBeLessThan(1e-3);
  });
});
