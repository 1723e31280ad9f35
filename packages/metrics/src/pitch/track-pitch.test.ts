import { hashedUniform } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { buzz, measures, RATE, RECORDINGS, recording, spoilt } from '../testing.js';
import { comparePitch } from './compare-pitch.js';
import { trackPitch } from './track-pitch.js';

const [FIRST] = RECORDINGS;
const given = JSON.parse(measures.metadata.pitch) as Record<string, number>;
const options = {
  lowest: given.fmin,
  highest: given.fmax,
  frameSize: given.frame_length,
  hopSize: given.hop_length,
};
/** How far two pitches lie apart, cents. */
const cents = (a: number, b: number) => Math.abs(1200 * Math.log2(a / b));

describe('trackPitch', () => {
  it.each(RECORDINGS.flatMap((name) => [[name, 'recording'] as const, [name, 'glided'] as const]))(
    "of %s, %s, agrees with librosa's pYIN",
    (name, copy) => {
      const audio = copy === 'recording' ? recording(name) : spoilt(name, copy);
      const f0 = Float32Array.from(measures.array(`${name}/${copy}/f0`).data);
      const ours = trackPitch(audio, RATE, options);
      expect(ours.f0.length).toBe(f0.length);
      const theirs = { f0, hopSize: options.hopSize, samplingRate: RATE };
      const { f0RmseCents, voicedInBoth, voicedF1 } = comparePitch(theirs, ours);
      const close = f0.filter((hz, i) => hz > 0 && ours.f0[i] > 0 && cents(hz, ours.f0[i]) < 11);
      const figures = `voiced F1 ${voicedF1}, RMSE ${f0RmseCents} cents, within a bin ${close.length} of ${voicedInBoth}`;
      console.log(`${name}, ${copy}: ${figures}`);
      expect(voicedInBoth).toBeGreaterThan(150);
      expect(voicedF1, figures).toBeGreaterThan(0.99);
      expect(close.length / voicedInBoth, figures).toBeGreaterThan(0.99);
    },
  );

  it.each([16_000, 22_050, 44_100])('follows a glide at %i Hz', (rate) => {
    const glide = (second: number) => 110 * 2 ** second;
    const { f0, hopSize, samplingRate } = trackPitch(buzz(glide, 1.5, rate), rate);
    expect(samplingRate).toBe(rate);
    // Without the ends, where half of the frame is silence.
    for (let frame = 5; frame < f0.length - 5; frame++) {
      const wanted = glide((frame * hopSize) / rate);
      expect(cents(f0[frame], wanted), `frame ${frame}: ${f0[frame]}, ${wanted}`).toBeLessThan(20);
    }
  });

  it('finds no voice in silence and in noise, and follows neither gain nor delay', () => {
    expect(trackPitch(new Float32Array(RATE / 2), RATE).f0.every((hz) => hz === 0)).toBe(true);
    const { f0 } = trackPitch(hashedUniform('pitch/noise', [RATE], 0.3), RATE);
    expect(f0.filter((hz) => hz > 0).length / f0.length).toBeLessThan(0.1);
    const speech = recording(FIRST).subarray(0, 2 * RATE);
    const once = trackPitch(speech, RATE);
    const quiet = trackPitch(
      speech.map((value) => value / 8),
      RATE,
    );
    expect(quiet.f0).toEqual(once.f0);
    const later = new Float32Array(speech.length);
    later.set(speech.subarray(0, -10 * once.hopSize), 10 * once.hopSize);
    const moved = trackPitch(later, RATE).f0.subarray(10);
    const same = moved.filter((hz, i) => hz === once.f0[i]).length / moved.length;
    expect(same).toBeGreaterThan(0.95);
  });

  it('refuses what it cannot track', () => {
    const tone = buzz(() => 150, 0.2);
    const broken = tone.slice();
    broken[2] = Number.NaN;
    expect(() => trackPitch(broken, RATE)).toThrow(/audio\[2\]=NaN must be finite/);
    expect(() => trackPitch(new Float32Array(0), RATE)).toThrow(/audio has no samples/);
    expect(() => trackPitch(tone, 0)).toThrow(/samplingRate=0/);
    expect(() => trackPitch(tone, RATE, { lowest: 300, highest: 200 })).toThrow(/lowest=300/);
    expect(() => trackPitch(tone, RATE, { lowest: 20 })).toThrow(/at least 1600/);
    expect(() => trackPitch(tone, RATE, { highest: 5000 })).toThrow(/highest=5000/);
    expect(() => trackPitch(tone, RATE, { frameSize: 1023 })).toThrow(/even/);
    expect(() => trackPitch(tone, RATE, { hopSize: 0 })).toThrow(/hopSize=0/);
    expect(() => trackPitch(tone, RATE, { fmin: 80 } as object)).toThrow(
      /^trackPitch: fmin must be left out, because nothing heeds it; the options are lowest/,
    );
    expect(() => trackPitch(tone, RATE, null as unknown as object)).toThrow(
      /options=null must be an object/,
    );
    expect(() => trackPitch('speech.wav' as unknown as Float32Array, RATE)).toThrow(
      /audio=String must be a Float32Array, .*decode/,
    );
    expect(() => trackPitch(new Float32Array(400_000), RATE, { hopSize: 1 })).toThrow(
      /hopSize larger/,
    );
  });
});
