import { expectClose } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { siSdr } from './si-sdr.js';
import { buzz, measures, PAIRS, recording, spoilt } from './testing.js';

describe('siSdr', () => {
  it.each(PAIRS)("of %s, %s, is numpy's", (file, copy) => {
    const ours = siSdr(recording(file), spoilt(file, copy));
    expectClose([ours], measures.array(`${file}/${copy}/si_sdr`).data, { max: 1e-4 }, copy);
  });

  it('is what it is by hand: 20 dB for a tenth of something orthogonal', () => {
    const x = Float32Array.from({ length: 1000 }, (_, n) => Math.sin((2 * Math.PI * n) / 20));
    const y = (gain: number, mean: number) =>
      x.map((value, n) => gain * (value + 0.1 * Math.cos((2 * Math.PI * n) / 20)) + mean);
    for (const [gain, mean] of [
      [1, 0],
      [-0.2, 0],
      [3, 0.5],
    ]) {
      expect(Math.abs(siSdr(x, y(gain, mean)) - 20), `${gain}, ${mean}`).toBeLessThan(1e-3);
    }
  });

  it('is ∞ of the reference and −∞ of silence', () => {
    const tone = buzz(() => 150, 0.1);
    // The means that are taken off are equal, so nothing is left.
    expect(siSdr(tone, tone)).toBe(Infinity);
    expect(siSdr(tone, new Float32Array(tone.length))).toBe(-Infinity);
  });

  it('refuses what it cannot compare', () => {
    const tone = buzz(() => 150, 0.1);
    expect(() => siSdr(new Float32Array(tone.length).fill(0.5), tone)).toThrow(/is silent/);
    expect(() => siSdr(tone, tone.subarray(1))).toThrow(/cut both to the shorter/);
    expect(() =>
      siSdr(
        tone,
        tone.map(() => Number.NaN),
      ),
    ).toThrow(/generated\[0\]=NaN/);
  });
});
