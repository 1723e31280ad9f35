import { type WavFormat, writeWav } from '@hifigan/audio';
import { expect, it } from 'vitest';
import { createWavEncoder } from './wav-encoder.js';

const audio = Float32Array.of(0.5, -0.25, 1.5, -1, 0.125, 0.75, 0);

it.each<WavFormat>(['pcm16', 'pcm24', 'float32'])(
  'makes the file that writeWav makes of %s, by pieces',
  (format) => {
    for (const count of [0, 1, 6, 7]) {
      const samples = audio.subarray(0, count);
      const whole = Buffer.from(writeWav({ samplingRate: 8000, channels: [samples] }, format));
      for (const size of [1, 2, 5, 7]) {
        const encoder = createWavEncoder(format, 8000, {});
        const begin = encoder.begin(undefined);
        const parts: Uint8Array[] = [];
        for (let at = 0; at < count; at += size)
          parts.push(encoder.encode(samples.subarray(at, at + size)));
        const { bytes, start } = encoder.end();
        expect(Buffer.concat([start, ...parts, bytes]).equals(whole), `${count} by ${size}`).toBe(
          true,
        );
        // Until the end, nobody knows: RIFF and data say so.
        const view = new DataView(begin.buffer);
        expect([view.getUint32(4, true), view.getUint32(begin.length - 4, true)]).toEqual([
          0xffffffff, 0xffffffff,
        ]);
        expect(begin).toHaveLength(start.length);
        expect(createWavEncoder(format, 8000, {}).begin(count)).toEqual(start);
      }
    }
  },
);

it('refuses what a WAV file cannot count, as soon as that is certain', () => {
  const tooLong = /the result would pass 4 GiB, .*; take --format flac, .* or split the input/;
  // The header has 44 bytes, of which the first 8 are not counted.
  const most = (2 ** 32 - 1 - 36 - 1) / 2;
  const { begin } = createWavEncoder('pcm16', 8000, {});
  expect(() => begin(most + 1)).toThrow(tooLong);
  expect(new DataView(begin(most).buffer).getUint32(40, true)).toBe(2 * most);

  const encoder = createWavEncoder('pcm24', 8000, { mostBytes: 36 + 9 + 1 });
  encoder.encode(audio.subarray(0, 3));
  expect(() => encoder.encode(audio.subarray(0, 1))).toThrow(tooLong);
});

it('lets a pipe be as long as it likes', () => {
  const { begin } = createWavEncoder('pcm16', 8000, { mostBytes: Number.POSITIVE_INFINITY });
  expect(begin(2 ** 40)).toEqual(begin(undefined));
  expect(new DataView(begin(9).buffer).getUint32(40, true)).toBe(18);
});
