import { readFileSync } from 'node:fs';
import {
  createMelSpectrogram,
  createResampler,
  type Mel,
  melOptions,
  melToArray,
  readWav,
  toMono,
} from '@hifigan/audio';
import { presets } from '@hifigan/config';
import { expectClose, generatorOf } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { judgePair } from './judge-pair.js';

const HOP = presets.v1.hop_size;
const MELS = presets.v1.num_mels;
const spectrogram = createMelSpectrogram(melOptions(presets.v1));
const resampler = createResampler(16000, 22050);

function sample(name: string): Float32Array {
  const file = new URL(`../../../../samples/${name}.wav`, import.meta.url);
  // Three seconds are enough, and quick.
  return resampler.resample(toMono(readWav(readFileSync(file)).channels)).slice(0, 66_150);
}

const audio = sample('en-vm-review');
const own = spectrogram.analyze(audio);
const FRAMES = own.frames;

const judge = (mel: Mel, correct = false, recording = audio) =>
  judgePair(melToArray(mel), recording, { spectrogram, correct });

const mapped = (mel: Mel, map: (value: number) => number): Mel => ({
  ...mel,
  data: mel.data.map(map),
});

/** As another model predicts it: smoothed over three frames, with errors of half a neper or so. */
function predicted(mel: Mel): Mel {
  const random = generatorOf(1);
  const at = (i: number) => mel.data[Math.min(Math.max(i, 0), mel.data.length - 1)];
  return {
    ...mel,
    data: mel.data.map((value, i) => (at(i - MELS) + value + at(i + MELS)) / 3 + random()),
  };
}

/** The mel that begins so many frames earlier (its first ones silence) or later. */
function late(mel: Mel, frames: number): Mel {
  const data = new Float32Array(Math.max(0, mel.frames + frames) * MELS).fill(Math.log(1e-5));
  if (frames > 0) data.set(mel.data, frames * MELS);
  else data.set(mel.data.subarray(-frames * MELS));
  return { data, frames: mel.frames + frames, mels: MELS };
}

/** Frames centred at multiples of the hop, one more of them: as librosa and torchaudio have it. */
function centred(): Mel {
  const padded = new Float32Array(audio.length + HOP);
  padded.set(audio, HOP / 2);
  return spectrogram.analyze(padded);
}

describe('a mel that fits', () => {
  it('is taken as it is, with the recording as long as it', () => {
    const { mel, audio: cut, facts } = judge(own);
    expect(mel).toEqual(own);
    expect(cut).toEqual(audio.slice(0, FRAMES * HOP));
    expect(facts).toEqual({ frames: FRAMES, correlation: 1 });
  });

  it('may be a prediction', () => {
    const { facts, mel } = judge(predicted(own));
    expect(mel).toEqual(predicted(own));
    expect(facts.correlation).toBeGreaterThan(0.85);
    expect(facts).not.toHaveProperty('late_frames');
  });

  it('may be float64, a batch of one, and have its axes swapped, which is mended', () => {
    const stored = melToArray(own);
    const data = Float64Array.from(stored.data);
    const options = { spectrogram, correct: false };
    expect(judgePair({ shape: [1, MELS, FRAMES], data }, audio, options).mel).toEqual(own);
    const swapped = judgePair({ shape: [FRAMES, MELS], data: own.data }, audio, options);
    expect(swapped.mel).toEqual(own);
    expect(swapped.facts.transposed).toBe(true);
  });

  it('of as many frames as bands is read the way that resembles the recording', () => {
    const short = audio.slice(0, MELS * HOP);
    const square = spectrogram.analyze(short);
    expect(square.frames).toBe(MELS);
    const options = { spectrogram, correct: false };
    const straight = judgePair(melToArray(square), short, options);
    expect([straight.mel, straight.facts.transposed]).toEqual([square, undefined]);
    const swapped = judgePair({ shape: [MELS, MELS], data: square.data }, short, options);
    expect([swapped.mel, swapped.facts.transposed]).toEqual([square, true]);
  });

  it.each([1, -1])('may have %i frame more', (more) => {
    const {
      mel,
      audio: cut,
      facts,
    } = judge({
      data: late(own, 1).data.slice(MELS, (1 + FRAMES + Math.min(0, more)) * MELS),
      frames: FRAMES + Math.min(0, more),
      mels: MELS,
    });
    expect(cut.length).toBe(mel.frames * HOP);
    expect(facts.frames).toBe(mel.frames);
  });
});

describe('values of another kind are named with the evidence', () => {
  const LN10 = Math.LN10;
  it.each([
    ['logarithms of base 10', (v: number) => v / LN10, '2.30'],
    ['decibels', (v: number) => (20 * v) / LN10, '0.12'],
    ['natural logarithms of powers', (v: number) => 2 * v, '0.50'],
    ['logarithms of powers to base 10', (v: number) => (2 * v) / LN10, '1.15'],
    ['magnitudes without a logarithm', Math.exp, '1.00'],
    ['powers without a logarithm', (v: number) => Math.exp(2 * v), '0.50'],
  ])('%s; --correct converts them', (name, map, factor) => {
    const wrong = mapped(own, map);
    expect(() => judge(wrong)).toThrow(
      new RegExp(
        `^its values are ${name}, where natural logarithms of magnitudes are needed: our mel of the recording is ${factor} × these values [+−] 0\\.0\\d \\([\\d,]+ values, correlation 1\\.00\\); --correct converts them`,
      ),
    );
    const { mel, facts } = judge(wrong, true);
    expect(facts.converted).toBe(name);
    expectClose(mel.data, own.data, { max: 1e-4 });
  });

  it.each([
    ['decibels', (v: number) => (20 * v) / LN10],
    ['logarithms of base 10', (v: number) => v / LN10],
  ])('of a prediction, too: %s', (name, map) => {
    expect(() => judge(mapped(predicted(own), map))).toThrow(`its values are ${name}, where`);
  });

  it.each([
    [
      'decibels below the loudest',
      (v: number) => (20 * v) / LN10 - 31,
      /decibels from another reference, where .* 0\.12 × these values \+ 3\.57/,
    ],
    [
      'a mel between 0 and 1',
      (v: number) => (v + 12) / 14,
      /of a scale of their own, where .* 14\.0 × these values − 12\.0/,
    ],
    [
      'the mel of a louder recording',
      (v: number) => v + 0.7,
      /natural logarithms of another loudness, 2\.01 × that of the recording: .* 1\.00 × these values − 0\.70/,
    ],
  ])('%s is refused, since how it was made cannot be known', (_, map, reason) => {
    for (const correct of [false, true]) {
      expect(() => judge(mapped(own, map), correct)).toThrow(reason);
    }
  });
});

describe('a mel that lies elsewhere in time', () => {
  it.each([
    [3, '3 frames late'],
    [1, '1 frame late'],
    [-1, '1 frame early'],
    [-4, '4 frames early'],
  ])('by %i frames is refused with both correlations, or both are cut', (shift, words) => {
    const mel = late(own, shift);
    expect(() => judge(mel)).toThrow(
      new RegExp(
        `^it lies ${words} \\(correlation 1\\.00 there, 0\\.\\d+ in place\\); --correct cuts`,
      ),
    );
    const { mel: cut, audio: recording, facts } = judge(mel, true);
    expect(facts.late_frames).toBe(shift);
    // What is left of both belongs together: the mel is that of the recording from its own first frame on.
    const first = Math.max(0, -shift);
    expect(cut.data).toEqual(own.data.slice(first * MELS));
    expect(recording).toEqual(audio.slice(first * HOP, FRAMES * HOP));
  });

  it('is found for a prediction, too', () => {
    expect(() => judge(late(predicted(own), 2))).toThrow('it lies 2 frames late');
  });

  it('by half a frame, as centred frames do, is told, and mended where asked', () => {
    const mel = centred();
    expect(mel.frames).toBe(FRAMES + 1);
    const asIs = judge(mel);
    expect(asIs.facts).toMatchObject({ frames: FRAMES, late_frames: 0.5 });
    const { mel: cut, audio: recording, facts } = judge(mel, true);
    expect(facts.late_frames).toBe(0.5);
    // The recording loses half a frame, the mel its first.
    expect(recording).toEqual(audio.slice(HOP / 2, HOP / 2 + cut.frames * HOP));
    const wanted = spectrogram.analyze(audio.slice(HOP / 2)).data;
    const inner = (data: Float32Array) => data.slice(2 * MELS, (cut.frames - 3) * MELS);
    expectClose(inner(cut.data), inner(wanted), { max: 1e-4 });
  });
});

describe('what is no mel of the recording is refused', () => {
  it('another recording’s', () => {
    const other = spectrogram.analyze(sample('it-queue-periodic-announce'));
    expect(other.frames).toBe(FRAMES);
    for (const correct of [false, true]) {
      expect(() => judge(other, correct)).toThrow(
        /^it is no mel of this recording: the correlation with ours is 0\.\d\d at best/,
      );
    }
  });

  it('one of another hop, by its length', () => {
    const denser = createMelSpectrogram({ ...spectrogram.options, hopSize: 64 }).analyze(audio);
    expect(() => judge(denser)).toThrow(
      new RegExp(
        `^it has ${denser.frames} frames and must have ${FRAMES}, .* made with a hop of about 64: make it with 256, at 22050 Hz$`,
      ),
    );
  });

  it('one of another length', () => {
    const half = { ...own, data: own.data.slice(0, 100 * MELS), frames: 100 };
    expect(() => judge(half)).toThrow(
      `it has 100 frames and must have ${FRAMES}, give or take one, because the recording has ${audio.length} samples and a frame is 256`,
    );
    expect(() => judge(half, true)).toThrow('it has 100 frames');
  });

  it('other bands, three axes, whole numbers, NaN, nothing but one value', () => {
    const options = { spectrogram, correct: true };
    const judgeShape = (shape: number[], data?: Float32Array | Int32Array) => () =>
      judgePair(
        { shape, data: data ?? new Float32Array(shape.reduce((a, b) => a * b, 1)) },
        audio,
        options,
      );
    expect(judgeShape([100, FRAMES])).toThrow(/^shape .* has 100 mel bands and must have 80/);
    expect(judgeShape([2, MELS, FRAMES])).toThrow(/store each mel in a file of its own/);
    expect(judgeShape([MELS, FRAMES], new Int32Array(MELS * FRAMES))).toThrow(/floating-point/);
    expect(judgeShape([FRAMES, MELS], new Int32Array(MELS * FRAMES))).toThrow(/floating-point/);
    const spoilt = mapped(own, (value) => value);
    spoilt.data[5] = Number.NaN;
    expect(() => judge(spoilt)).toThrow(/the value at band 5, frame 0 is NaN/);
    expect(judgeShape([MELS, FRAMES])).toThrow(/no mel of this recording: .* 0\.00 at best/);
  });
});
