import { expectClose, golden } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { findSound, framePower, LEVEL_FRAME, LEVEL_HOP } from './silence.js';

const file = golden(import.meta.url, 'fixtures/silence.safetensors');
const cases = [...new Set(file.names().map((name) => name.split('/')[0]))];

describe('silence', () => {
  it.each(cases)('%s: as librosa', (name) => {
    const audio = file.array(`${name}/audio`).data as Float32Array;
    expectClose(framePower(audio), file.array(`${name}/power`).data, { max: 1e-12 }, name);
    for (const decibels of [20, 40, 60]) {
      const { start, end } = findSound(audio, decibels);
      expect([start, end], `${decibels} dB`).toEqual([
        ...file.array(`${name}/trim_${decibels}`).data,
      ]);
    }
  });

  it('is the definition, frame by frame', () => {
    const audio = Float32Array.from({ length: 5003 }, (_, i) => Math.sin(i * i));
    const expected = Array.from({ length: Math.floor(5003 / LEVEL_HOP) + 1 }, (_, frame) => {
      const first = frame * LEVEL_HOP - LEVEL_FRAME / 2;
      let sum = 0;
      for (let i = first; i < first + LEVEL_FRAME; i++) sum += (audio[i] ?? 0) ** 2;
      return sum / LEVEL_FRAME;
    });
    expectClose(framePower(audio), expected, { max: 1e-12 });
  });

  it('finds a burst, with the half frame around it that hears it', () => {
    const audio = new Float32Array(20 * LEVEL_HOP);
    audio.fill(0.5, 8 * LEVEL_HOP, 10 * LEVEL_HOP);
    expect(findSound(audio, 60)).toEqual({ start: 7 * LEVEL_HOP, end: 12 * LEVEL_HOP });
  });

  it('keeps all of silence and finds none in nothing', () => {
    expect(findSound(new Float32Array(3000), 60)).toEqual({ start: 0, end: 3000 });
    expect(findSound(new Float32Array(0), 60)).toEqual({ start: 0, end: 0 });
    for (const decibels of [0, -3, Number.NaN]) {
      expect(() => findSound(new Float32Array(9), decibels)).toThrow(/decibels=.* must be above 0/);
    }
  });
});
