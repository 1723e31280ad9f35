import { createMelSpectrogram, type MelOptions, melOptions } from '@hifigan/audio';
import { difference, expectClose, tinyConfig, uniform } from '@hifigan/testkit';
import { describe, expect, test } from 'vitest';
import { randomCrop } from './crop.js';

const options = melOptions(tinyConfig);
const mel = createMelSpectrogram(options);
const HOP = tinyConfig.hop_size;
const MELS = tinyConfig.num_mels;
const SEGMENT = 1024;
const FRAMES = SEGMENT / HOP;

/** What to draw so that a crop begins at one of `spare + 1` places. */
const drawOf = (start: number, spare: number) => () => (start + 0.5) / (spare + 1);

describe('a crop that sees the audio beside it', () => {
  const cropped = (audio: Float32Array, start: number) =>
    randomCrop(
      { audio },
      { segmentSize: SEGMENT, mel, context: true },
      drawOf(start, audio.length - SEGMENT),
    );

  test.each([0, 1, 7, 20, 45, 46])(
    'has the frames of the whole clip’s mel, edges and ends included: from frame %i',
    (first) => {
      // 62 frames and a rest, which the last frames of the clip see.
      const audio = uniform(62 * HOP + 31, 1);
      const whole = mel.analyze(audio).data;
      const crop = cropped(audio, first * HOP);
      expect(crop.audio).toEqual(audio.slice(first * HOP, first * HOP + SEGMENT));
      const wanted = whole.slice(first * MELS, (first + FRAMES) * MELS);
      expectClose(crop.mel, wanted, { max: 1e-6 });
    },
  );

  test('may begin between two frames, the last start included: by the definition of its frames', () => {
    const audio = uniform(3000, 2);
    for (const start of [1, 33, 517, 3000 - SEGMENT - 1, 3000 - SEGMENT]) {
      const crop = cropped(audio, start);
      // The same samples mirrored by hand, moved so that the crop begins at a frame.
      const at = (i: number) => audio[i < 0 ? -i : i > 2999 ? 2 * 2999 - i : i];
      const moved = Float32Array.from({ length: SEGMENT + 8 * HOP }, (_, i) =>
        at(start - 4 * HOP + i),
      );
      const wanted = mel.analyze(moved).data.slice(4 * MELS, (4 + FRAMES) * MELS);
      expectClose(crop.mel, wanted, { max: 1e-6 });
    }
  });

  test('is the reference’s crop but for frames at the edges', () => {
    const audio = uniform(5000, 3);
    const start = 10 * HOP;
    const draw = drawOf(start, audio.length - SEGMENT);
    const reference = randomCrop({ audio }, { segmentSize: SEGMENT, mel }, draw);
    const crop = cropped(audio, start);
    expect(crop.audio).toEqual(reference.audio);
    expect(reference.mel).toEqual(mel.analyze(reference.audio).data);
    const frame = (data: Float32Array, i: number) => data.subarray(i * MELS, (i + 1) * MELS);
    // 96 samples are mirrored each side: one frame and a half.
    for (let i = 0; i < FRAMES; i++) {
      const { max } = difference(frame(crop.mel, i), frame(reference.mel, i));
      const edge = i < 2 || i >= FRAMES - 2;
      expect(max > 1e-6, `frame ${i} differs by ${max}`).toBe(edge);
    }
  });

  test('of a clip no longer than a crop is the reference’s', () => {
    for (const length of [700, SEGMENT]) {
      const audio = uniform(length, 4);
      const crops = [true, false].map((context) =>
        randomCrop({ audio }, { segmentSize: SEGMENT, mel, context }, () => 0.9),
      );
      expect(crops[0]).toEqual(crops[1]);
    }
  });

  test('whatever the frames are, wherever it begins', () => {
    for (const nFft of [64, 100, 256]) {
      for (const eighth of [1, 3, 8, 17, 32]) {
        const hopSize = Math.max(2, 2 * Math.floor((nFft * eighth) / 64));
        const given: MelOptions = { ...options, nFft, winSize: nFft, hopSize };
        const analysis = createMelSpectrogram(given);
        const segmentSize = hopSize * Math.ceil((nFft + 1) / hopSize);
        const audio = uniform(segmentSize + 31 * hopSize + eighth, nFft + eighth);
        for (const first of [0, 1, 16, 30, 31]) {
          const crop = randomCrop(
            { audio },
            { segmentSize, mel: analysis, context: true },
            drawOf(first * hopSize, audio.length - segmentSize),
          );
          const from = first * MELS;
          const wanted = analysis.analyze(audio).data.slice(from, from + crop.mel.length);
          expectClose(crop.mel, wanted, { max: 1e-6 }, JSON.stringify({ nFft, hopSize, first }));
        }
      }
    }
  });
});

describe('a crop of a clip that brings its mel', () => {
  /** Frame `f` of band `b` is `f + b / 100`; sample `n` is `n`. */
  const clipOf = (frames: number) => ({
    audio: Float32Array.from({ length: frames * HOP }, (_, n) => n),
    mel: {
      data: Float32Array.from(
        { length: frames * MELS },
        (_, i) => Math.floor(i / MELS) + (i % MELS) / 100,
      ),
      frames,
      mels: MELS,
    },
  });
  const cropped = (frames: number, draw: number, context = false) =>
    randomCrop(clipOf(frames), { segmentSize: SEGMENT, mel, context }, () => draw);

  test('is cut between frames, mel and audio together; any start, the last one included', () => {
    for (const [draw, first] of [
      [0, 0],
      [0.24, 0],
      [0.26, 1],
      [0.74, 2],
      [0.999999, 3],
    ]) {
      const { audio, mel: data } = cropped(FRAMES + 3, draw);
      expect([audio[0], audio[SEGMENT - 1]]).toEqual([first * HOP, first * HOP + SEGMENT - 1]);
      expect([data[0], data[FRAMES * MELS - MELS]]).toEqual([first, first + FRAMES - 1]);
      expect(data[3]).toBeCloseTo(first + 0.03, 6);
    }
  });

  test('of exactly a crop’s length is the clip; it sees all of it with or without context', () => {
    const { audio, mel: data } = clipOf(FRAMES);
    for (const context of [true, false]) {
      expect(cropped(FRAMES, 0.999, context)).toEqual({ audio, mel: data.data });
    }
  });

  test('shorter than a crop is followed by silence: zeros, and the logarithm of 1e-5', () => {
    const { audio, mel: data } = cropped(5, 0.7);
    expect(audio.slice(0, 5 * HOP)).toEqual(clipOf(5).audio);
    expect(audio.slice(5 * HOP).every((sample) => sample === 0)).toBe(true);
    expect(data.slice(0, 5 * MELS)).toEqual(clipOf(5).mel.data);
    const rest = data.slice(5 * MELS);
    expect(rest).toHaveLength((FRAMES - 5) * MELS);
    expect(new Set(rest)).toEqual(new Set([Math.fround(Math.log(1e-5))]));
    // As the analysis has silence.
    expect(rest[0]).toBe(mel.analyze(new Float32Array(SEGMENT)).data[0]);
  });
});
