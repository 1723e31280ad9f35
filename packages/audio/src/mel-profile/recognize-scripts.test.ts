import { expect, it } from 'vitest';
import { mulberry32 } from '../mulberry32.js';
import { createProfileAnalysis } from './analyze-profile.js';
import type { MelProfile } from './mel-profile.js';
import { melProfile } from './mel-profiles.js';
import { recognizeMel } from './recognize-mel.js';
import { atRate, sampleRecordings } from './testing.js';

// What scripts make of librosa's and torchaudio's functions, by hand and without a name.

const wanted = melProfile('hifigan')!;
const loudest = (values: Float32Array) =>
  values.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY);
const decibels = (values: Float32Array) =>
  values.map((value) => 10 * Math.log10(Math.max(value, 1e-10)));
const librosa = melProfile('librosa-80-power')!;
const to8 = melProfile('librosa-80-8k-power')!;
const torchaudio = melProfile('torchaudio-80')!;
const { guard: _, ...amplitude } = { ...melProfile('hifigan')!, log: 'none', floor: 0 } as const;
const scripts: readonly [string, MelProfile, (sums: Float32Array) => Float32Array, string?][] = [
  [
    'power_to_db(…, fmax=8000, ref=np.max)',
    to8,
    (sums) => {
      const all = decibels(sums);
      const top = loudest(all);
      return all.map((value) => Math.max(value - top, -80));
    },
    'librosa-80-8k-decibel',
  ],
  [
    'np.log of powers to 11 kHz',
    librosa,
    (sums) => sums.map((value) => Math.log(Math.max(value, 1e-10))),
    'librosa-80-natural',
  ],
  [
    'np.log(powers to 11 kHz + 1e-6)',
    librosa,
    (sums) => sums.map((value) => Math.log(value + 1e-6)),
    'librosa-80-natural',
  ],
  ['np.log1p of powers', librosa, (sums) => sums.map(Math.log1p), 'librosa-80-log1p'],
  ['np.log1p of powers to 8 kHz', to8, (sums) => sums.map(Math.log1p), 'librosa-80-log1p'],
  ['np.log1p of torchaudio’s', torchaudio, (sums) => sums.map(Math.log1p)],
  ['amplitudes of int16 samples', amplitude, (sums) => sums.map((value) => 32768 * value)],
  [
    'amplitudes to 11 kHz of int16 samples',
    { ...amplitude, fmax: null },
    (sums) => sums.map((value) => 32768 * value),
  ],
  ['AmplitudeToDB of torchaudio’s', torchaudio, decibels, 'torchaudio-80-decibel'],
  [
    'torchaudio’s in decibels against the loudest',
    torchaudio,
    (sums) => {
      const all = decibels(sums);
      const top = loudest(all);
      return all.map((value) => Math.max(value - top, -80));
    },
  ],
  [
    'torch.log(torchaudio’s + 1e-6)',
    torchaudio,
    (sums) => sums.map((value) => Math.log(value + 1e-6)),
    'torchaudio-80-natural',
  ],
  [
    'decibels scaled to 0 … 1 by the loudest',
    librosa,
    (sums) => {
      const all = decibels(sums);
      const top = loudest(all);
      return all.map((value) => Math.max(0, 1 + (value - top) / 80));
    },
  ],
];

it.each(scripts)('is sure of %s only where it is right', (_name, profile, finish, name) => {
  const random = mulberry32(7);
  for (const file of ['en-vm-review.wav', 'ru-vm-review.wav', 'fr-vm-review.wav']) {
    const narrow = atRate(sampleRecordings().get(file)!.subarray(8000, 56000), 22050);
    // As many recordings begin.
    const late = new Float32Array(18_745 + narrow.length);
    late.set(narrow, 18_745);
    // The recordings end at 8 kHz; others do not.
    const wide = narrow.map((value) => value + (0.03 * Math.abs(value) + 3e-4) * (random() - 0.5));
    for (const audio of [narrow, wide, late]) {
      const { data, frames, mels } = createProfileAnalysis(profile).analyze(audio);
      const found = recognizeMel({ shape: [frames, mels], data: finish(data) }, { wanted });
      const said = `${file}: ${found.verdict}; ${found.candidates.map((one) => one.name)}`;
      expect(found.verdict, said).not.toBe('fits');
      if (name === undefined) {
        expect(found.sure?.name, said).toBeUndefined();
        continue;
      }
      expect([undefined, name], said).toContain(found.sure?.name);
      expect(
        found.candidates.map((one) => one.name),
        said,
      ).toContain(name);
    }
  }
});
