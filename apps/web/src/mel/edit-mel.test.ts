import { createProfileAnalysis, type Mel, melProfile } from '@hifigan/audio';
import { expectClose } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { editMel, gainAt, isEdited, NO_EDITS } from './edit-mel.js';

const profile = melProfile('hifigan')!;

function tone(hz: number): Mel {
  const audio = Float32Array.from(
    { length: 8192 },
    (_, n) => 0.5 * Math.sin((2 * Math.PI * hz * n) / profile.samplingRate),
  );
  return createProfileAnalysis(profile).analyze(audio);
}

const loudestBand = ({ data, mels, frames }: Mel): number => {
  const row = data.subarray((frames >> 1) * mels, ((frames >> 1) + 1) * mels);
  return row.indexOf(Math.max(...row));
};

describe('editMel', () => {
  it('leaves what is not edited as it is', () => {
    const mel = tone(440);
    expect(isEdited(NO_EDITS)).toBe(false);
    expect(editMel(mel, NO_EDITS, profile)).toBe(mel);
  });

  it('moves a tone to where the shifted tone is', () => {
    for (const semitones of [12, 7, -12]) {
      const shifted = editMel(tone(1000), { ...NO_EDITS, shift: semitones }, profile);
      expect(loudestBand(shifted)).toBe(loudestBand(tone(1000 * 2 ** (semitones / 12))));
    }
  });

  it('leaves nothing above the bands when it moves down', () => {
    const { data, mels } = editMel(tone(1000), { ...NO_EDITS, shift: -12 }, profile);
    expect(data[mels - 1]).toBeCloseTo(Math.log(1e-5), 4);
  });

  it('stretches on straight lines', () => {
    const mel = { data: Float32Array.of(0, 10, 1, 11, 2, 12, 3, 13), frames: 4, mels: 2 };
    const longer = editMel(mel, { ...NO_EDITS, stretch: 2 }, { ...profile, mels: 2 });
    expect(longer.frames).toBe(8);
    const first = [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3];
    expectClose(
      longer.data,
      first.flatMap((value) => [value, value + 10]),
      { max: 1e-6 },
    );
    expect(editMel(mel, { ...NO_EDITS, stretch: 0.1 }, { ...profile, mels: 2 }).frames).toBe(1);
  });

  it('adds decibels as a louder recording has them', () => {
    const quiet = tone(440);
    const audio = Float32Array.from(
      { length: 8192 },
      (_, n) => 0.25 * Math.sin((2 * Math.PI * 440 * n) / profile.samplingRate),
    );
    const half = createProfileAnalysis(profile).analyze(audio);
    const gains = NO_EDITS.gains.map(() => 20 * Math.log10(0.5));
    const edited = editMel(quiet, { ...NO_EDITS, gains }, profile);
    const band = loudestBand(quiet);
    const at = (quiet.frames >> 1) * quiet.mels + band;
    expect(edited.data[at]).toBeCloseTo(half.data[at], 4);
    // Silence gets no quieter.
    expect(Math.min(...edited.data)).toBeGreaterThanOrEqual(Math.fround(Math.log(1e-5)));
  });

  it('edits mels of other logarithms alike', () => {
    const decibel = { ...profile, log: 'decibel' } as const;
    const audio = Float32Array.from({ length: 8192 }, (_, n) => 0.5 * Math.sin(0.2 * n));
    const mel = createProfileAnalysis(decibel).analyze(audio);
    const gains = NO_EDITS.gains.map(() => 6);
    const edited = editMel(mel, { ...NO_EDITS, gains }, decibel);
    const at = mel.data.indexOf(Math.max(...mel.data));
    expect(edited.data[at] - mel.data[at]).toBeCloseTo(6, 3);
  });

  it('has gains between knots on straight lines', () => {
    expect([0, 0.25, 0.5, 0.75, 1].map((place) => gainAt([0, 4, -4], place))).toEqual([
      0, 2, 4, 0, -4,
    ]);
  });
});
