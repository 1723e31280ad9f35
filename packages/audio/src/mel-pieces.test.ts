import { expectClose, hashedUniform } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { melPieces } from './mel-pieces.js';
import { createProfileAnalysis } from './mel-profile/analyze-profile.js';
import type { MelProfile } from './mel-profile/mel-profile.js';
import { melProfile } from './mel-profile/mel-profiles.js';
import type { Mel } from './mel-spectrogram.js';

const small: MelProfile = {
  ...melProfile('hifigan')!,
  ...{
    samplingRate: 8000,
    fftSize: 256,
    hopSize: 64,
    windowSize: 256,
    mels: 12,
    fmin: 0,
    fmax: 4000,
  },
};
const profiles: Record<string, MelProfile> = {
  native: small,
  'of a length that no kernel takes': { ...small, fftSize: 240, hopSize: 60, windowSize: 200 },
  'of a hop longer than half a window': { ...small, fftSize: 256, hopSize: 200, windowSize: 256 },
  centred: { ...small, framing: 'centred', log: 'log10' },
  'with preemphasis': { ...small, preemphasis: 0.97 },
  'against its loudest': { ...small, log: 'decibel', normalisation: { kind: 'peak', range: 80 } },
};

const noise = (length: number) => hashedUniform('pieces', [length], 0.5);

/** Cuts audio into pieces of the given lengths, in turns. */
function* cut(audio: Float32Array, lengths: readonly number[]) {
  for (let at = 0, turn = 0; at < audio.length; turn++) {
    const length = lengths[turn % lengths.length];
    yield audio.subarray(at, at + length);
    at += length;
  }
}

async function joined(pieces: AsyncIterable<Mel>): Promise<{ mel: Float32Array; sizes: number[] }> {
  const values: number[] = [];
  const sizes: number[] = [];
  for await (const { data, frames, mels } of pieces) {
    expect(data).toHaveLength(frames * mels);
    values.push(...data);
    sizes.push(frames);
  }
  return { mel: Float32Array.from(values), sizes };
}

describe('melPieces', () => {
  it.each(Object.keys(profiles))('has the frames of the whole, %s', async (name) => {
    const analysis = createProfileAnalysis(profiles[name]);
    for (const length of [200, 256, 1000, 4095, 6000]) {
      const audio = noise(length);
      const whole = analysis.analyze(audio).data;
      for (const lengths of [[length], [1], [100, 0, 777]]) {
        for (const frames of [1, 7, 256]) {
          const { mel } = await joined(melPieces(cut(audio, lengths), analysis, { frames }));
          expectClose(mel, whole, { max: 1e-5 });
        }
      }
    }
  });

  it('gives frames as soon as their samples have come, and never more at once than were asked for', async () => {
    const audio = noise(64 * 1000);
    let given = 0;
    const listened = (function* () {
      for (const piece of cut(audio, [1])) {
        given += piece.length;
        yield piece;
      }
    })();
    const pieces = melPieces(listened, createProfileAnalysis(small), { frames: 8 });
    const first = await pieces.next();
    expect(first.value?.frames).toBe(8);
    // Seven hops, and the part of the eighth transform that lies behind them: 7 × 64 − 96 + 256 samples.
    expect(given).toBe(608);
    const { sizes } = await joined(pieces);
    expect(new Set(sizes)).toEqual(new Set([8]));
    expect(sizes).toHaveLength(124);
  });

  it('refuses what analyze refuses', async () => {
    const analysis = createProfileAnalysis(small);
    const failing = (...pieces: Float32Array[]) => joined(melPieces(pieces, analysis));
    await expect(failing()).rejects.toThrow(/audio\.length=0 must be over 96/);
    await expect(failing(new Float32Array(96))).rejects.toThrow(RangeError);
    const bad = Float32Array.of(0, Number.NaN);
    await expect(failing(new Float32Array(9999), bad)).rejects.toThrow(/audio\[1\]=NaN/);
  });
});
