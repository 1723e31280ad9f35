import { readWav, writeWav } from '@hifigan/audio';
import { hashedUniform } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { decodeAudio } from '../decode-audio.js';
import { readAudioHeader } from '../read-audio-header.js';
import { createFlacEncoder } from './create-flac-encoder.js';

/** A file of pieces of so many samples. */
async function encode(audio: Float32Array, bits: 16 | 24, size: number, known?: number) {
  const encoder = await createFlacEncoder({ samplingRate: 22050, bits });
  const parts = [encoder.begin(known)];
  for (let at = 0; at < audio.length; at += size) {
    parts.push(encoder.encode(audio.subarray(at, at + size)));
  }
  const { bytes, start } = encoder.end();
  expect(start).toHaveLength(parts[0].length);
  return {
    piped: Buffer.concat([...parts, bytes]),
    file: Buffer.concat([start, ...parts.slice(1), bytes]),
  };
}

const tone = Float32Array.from(
  { length: 12_000 },
  (_, i) => 0.6 * Math.sin(i / 9) * Math.sin(i / 4000),
);
const sounds: Record<string, Float32Array> = {
  tone,
  noise: hashedUniform('flac', [9000], 1),
  silence: new Float32Array(5000),
  'full scale and beyond': Float32Array.of(1, -1, 1.5, -1.5, 0.99999, 0, 1e-9),
  nothing: new Float32Array(),
};

describe('createFlacEncoder', () => {
  it.each(Object.keys(sounds))('loses nothing of %s, in pieces of any length', async (name) => {
    const audio = sounds[name];
    for (const bits of [16, 24] as const) {
      const wav = readWav(writeWav({ samplingRate: 22050, channels: [audio] }, `pcm${bits}`));
      for (const size of [1000, 4096, 100_000]) {
        const { piped, file } = await encode(audio, bits, size);
        // Its decoder holds the samples against the MD5, where there is one.
        const decoded = await decodeAudio(file, 'a.flac');
        expect(decoded.encoding).toBe(`flac${bits}`);
        expect(decoded.samplingRate).toBe(22050);
        expect(decoded.channels).toEqual(wav.channels);
        if (audio.length > 0) {
          expect((await decodeAudio(piped, 'a.flac')).channels).toEqual(wav.channels);
        }
      }
    }
  });

  it('tells length and MD5 at the end, and the length at once where it is known', async () => {
    const { piped, file } = await encode(tone, 16, 5000);
    const about = { fileBytes: file.length };
    expect(readAudioHeader(file, about)?.frames).toBe(tone.length);
    expect([...file.subarray(26, 42)].some((byte) => byte !== 0)).toBe(true);
    expect([...piped.subarray(26, 42)].some((byte) => byte !== 0)).toBe(false);
    const known = await encode(tone, 16, 5000, tone.length);
    expect(readAudioHeader(known.piped, about)?.frames).toBe(tone.length);
    const broken = Buffer.from(file);
    broken[30] ^= 1;
    await expect(decodeAudio(broken, 'a.flac')).rejects.toThrow(/MD5/);
  });

  it('is smaller than WAV, and may be opened again and again', async () => {
    for (let i = 0; i < 20; i++) {
      const encoder = await createFlacEncoder({ samplingRate: 22050, bits: 16 });
      encoder.begin();
      encoder.encode(tone);
      encoder.dispose();
    }
    const { file } = await encode(tone, 16, 4096);
    expect(file.length).toBeLessThan(0.6 * 2 * tone.length);
    const odd = await createFlacEncoder({ samplingRate: 700_000, bits: 16 });
    expect(() => odd.begin()).toThrow(
      /samplingRate=700000 must be a whole number of Hz up to 655350/,
    );
  });
});
