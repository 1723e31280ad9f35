import { expectClose } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { estoi, stoi } from './stoi.js';
import {
  buzz,
  measures,
  OTHER_RATES,
  PAIRS,
  RATE,
  RECORDINGS,
  recording,
  spoilt,
} from './testing.js';

const MEASURES = [
  ['stoi', stoi],
  ['estoi', estoi],
] as const;
const [FIRST] = RECORDINGS;

/**
 * Of the first two seconds, silent from so many tenths of a second on: pystoi 0.4.1. Its ESTOI makes random noise of
 * silence: means of 30, whose deviation is 0.003.
 */
const ENDS_EARLY = {
  9: { stoi: 0.3964983469704963, estoi: 0.3627889536 },
  10: { stoi: 0.3911108333504102, estoi: 0.4485917887 },
  11: { stoi: 0.4690635098166513, estoi: 0.5080710657 },
  12: { stoi: 0.6918024245579575, estoi: 0.6321169856 },
};

describe.each(MEASURES)('%s', (name, measure) => {
  it.each(PAIRS)("of %s, %s, is pystoi's", (file, copy) => {
    const ours = measure(recording(file), spoilt(file, copy), RATE);
    // The bound that is promised is 1e-3; only rounding parts the two.
    expectClose([ours], measures.array(`${file}/${copy}/${name}`).data, { max: 1e-6 }, copy);
  });

  it("is pystoi's at every rate", () => {
    const ours = OTHER_RATES.map((rate) => measure(recording(FIRST), spoilt(FIRST, 'noisy'), rate));
    expectClose(ours, measures.array(`rates/${name}`).data, { max: 1e-6 }, OTHER_RATES.join());
  });

  it('is 1 of the reference itself, whatever its gain', () => {
    const speech = recording(FIRST).subarray(0, 2 * RATE);
    for (const gain of [1, 0.01, -3]) {
      const one = measure(
        speech,
        speech.map((value) => value * gain),
        RATE,
      );
      expect(Math.abs(one - 1), `gain ${gain}: ${one}`).toBeLessThan(1e-6);
    }
  });

  it('falls with noise and with delay', () => {
    const speech = recording(FIRST).subarray(0, 2 * RATE);
    const noise = spoilt(FIRST, 'noisy').map((value, i) => value - (speech[i] ?? value));
    const scores = [0, 1, 4, 16].map((size) =>
      measure(
        speech,
        speech.map((value, i) => value + size * noise[i]),
        RATE,
      ),
    );
    for (let i = 1; i < scores.length; i++) expect(scores[i]).toBeLessThan(scores[i - 1]);
    const delayed = new Float32Array(speech.length);
    delayed.set(speech.subarray(0, -RATE / 20), RATE / 20);
    expect(measure(speech, delayed, RATE)).toBeLessThan(0.8);
  });

  // Frames are transformed two at a time: of two, one may be silent, and rounding must not make sound of it.
  it("of speech that ends early is pystoi's, wherever it ends", () => {
    const speech = recording(FIRST).subarray(0, 2 * RATE);
    for (const [tenths, figures] of Object.entries(ENDS_EARLY)) {
      const cut = new Float32Array(speech.length);
      cut.set(speech.subarray(0, (Number(tenths) * RATE) / 10));
      const ours = measure(speech, cut, RATE);
      const max = name === 'stoi' ? 1e-6 : 2e-3;
      expectClose([ours], [figures[name]], { max }, `${tenths} tenths of a second`);
    }
  });

  it('is 0 of silence', () => {
    const speech = recording(FIRST).subarray(0, RATE);
    expect(Math.abs(measure(speech, new Float32Array(speech.length), RATE))).toBeLessThan(1e-9);
  });

  it('refuses what it cannot judge, and says what to do', () => {
    const tone = buzz(() => 150, 1);
    const broken = tone.slice();
    broken[7] = Number.NaN;
    expect(() => measure(tone, broken, RATE)).toThrow(/generated\[7\]=NaN must be finite.*;/);
    expect(() => measure(broken, tone, RATE)).toThrow(/reference\[7\]=NaN must be finite.*;/);
    expect(() => measure(tone, tone.subarray(1), RATE)).toThrow(/cut both to the shorter/);
    expect(() => measure(new Float32Array(RATE), tone, RATE)).toThrow(/reference is silent/);
    expect(() => measure(new Float32Array(0), tone, RATE)).toThrow(/reference has no samples/);
    const brief = tone.subarray(0, RATE / 4);
    expect(() => measure(brief, brief, RATE)).toThrow(/at least 30.*longer recording/);
    expect(() => measure(tone, tone, 16000.5)).toThrow(/samplingRate=16000.5 must be a whole/);
    expect(() => measure(tone, tone, Number.NaN)).toThrow(/samplingRate=NaN/);
  });
});
