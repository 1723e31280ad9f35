import { describe, expect, it } from 'vitest';
import { emptyBands, soundWithoutBin } from './empty-bands.js';
import { melProfile } from './mel-profiles.js';

/** A transform of 400 at 16 kHz: bands 0, 3, 6 and 13 of 128 hold no bin. */
const profile = melProfile('torchaudio')!;

function melOf(value: (band: number, frame: number) => number) {
  const [frames, mels] = [5, 128];
  const data = Float32Array.from({ length: frames * mels }, (_, at) =>
    value(at % mels, Math.floor(at / mels)),
  );
  return { data, frames, mels };
}

describe('bands without a bin', () => {
  it('are told where they sound as those beside them do', () => {
    const all = melOf((band, frame) => 2 + Math.sin(band + frame));
    expect(soundWithoutBin(all, 0, profile)).toBe(0);
    expect(emptyBands(all, 0)).toEqual([]);
    const silent = melOf((band) => ([0, 3, 6, 13].includes(band) ? 0 : 1));
    expect(soundWithoutBin(silent, 0, profile)).toBeUndefined();
    expect(emptyBands(silent, 0)).toEqual([3, 6, 13]);
  });

  it('may be predicted a little above the lowest value, and tell nothing of silence', () => {
    const predicted = melOf((band) => ([0, 3, 6, 13].includes(band) ? -9.2 : -2));
    expect(soundWithoutBin(predicted, -10, profile)).toBeUndefined();
    expect(
      soundWithoutBin(
        melOf(() => -10),
        -10,
        profile,
      ),
    ).toBeUndefined();
    const one = melOf((band) => ([0, 3, 6].includes(band) ? -10 : -2));
    expect(soundWithoutBin(one, -10, profile)).toBe(13);
  });

  it('are none where the transform is long enough', () => {
    const all = melOf(() => 1);
    expect(soundWithoutBin(all, 0, melProfile('librosa-power')!)).toBeUndefined();
  });
});
