import { generatorOf, uniform } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { splitSpan, trimmedSpan } from './cut.js';

describe('splitSpan', () => {
  it('makes pieces that follow each other, none longer than the most or shorter than the least', () => {
    const random = generatorOf(3);
    for (let n = 0; n < 200; n++) {
      const audio = uniform(Math.ceil(random() * 60_000), n);
      const shortest = random() * 0.4;
      const options = { samplingRate: 8000, shortest, longest: shortest * 2 + random() };
      const start = Math.floor(random() * audio.length * 0.2);
      const span = { start, end: audio.length };
      const pieces = splitSpan(audio, span, options);
      expect(pieces[0].start).toBe(start);
      expect(pieces[pieces.length - 1].end).toBe(audio.length);
      for (const [index, piece] of pieces.entries()) {
        if (index > 0) expect(piece.start).toBe(pieces[index - 1].end);
        const length = piece.end - piece.start;
        expect(length).toBeLessThanOrEqual(options.longest * 8000);
        if (pieces.length > 1) expect(length).toBeGreaterThanOrEqual(Math.floor(shortest * 8000));
      }
    }
  });
});

describe('trimmedSpan', () => {
  it('keeps a margin, within the recording', () => {
    const audio = new Float32Array(20_000);
    audio.fill(0.5, 8192, 12_288);
    const options = { samplingRate: 1000, shortest: 0 };
    // The frames that hear it begin a hop before it, and end two behind.
    const trim = (margin: number) =>
      trimmedSpan(audio, { ...options, trim: { decibels: 60, margin } });
    expect(trim(0)).toEqual({ start: 7680, end: 13_312 });
    expect(trim(1.5)).toEqual({ start: 6180, end: 14_812 });
    expect(trim(60)).toEqual({ start: 0, end: 20_000 });
    expect(trimmedSpan(audio, options)).toEqual({ start: 0, end: 20_000 });
  });
});
