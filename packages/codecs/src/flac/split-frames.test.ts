import { mulberry32 } from '@hifigan/audio';
import { expect, it } from 'vitest';
import { ByteWindow, parsed, resultOf } from '../byte-window.js';
import { createFlacEncoder } from './create-flac-encoder.js';
import { splitFrames } from './split-frames.js';
import { readMetadata } from './stream-info.js';

it('takes the last byte of a checksum that ends in zero, before the end, zeros and tags', async () => {
  const encoder = await createFlacEncoder({ samplingRate: 16000, bits: 16 });
  const random = mulberry32(3);
  const start = encoder.begin();
  const sound = encoder.encode(Float32Array.from({ length: 4096 * 600 }, () => random() / 1000));
  encoder.dispose();
  const split = (bytes: Uint8Array) => {
    const window = ByteWindow.of(new Uint8Array(Buffer.concat([start, bytes])));
    const info = resultOf(readMetadata(window));
    return [...parsed(splitFrames(window, info))];
  };
  const frames = split(sound);
  expect(Buffer.concat(frames.map(({ bytes }) => bytes)).equals(sound)).toBe(true);
  const count = frames.findIndex(({ bytes }) => bytes[bytes.length - 1] === 0) + 1;
  expect(count).toBeGreaterThan(0);
  const whole = frames.slice(Math.max(0, count - 2), count);
  for (const tail of [[], new Array<number>(100).fill(0), [...Buffer.from('TAG and more')]]) {
    const bytes = Buffer.concat([...whole.map((frame) => frame.bytes), Uint8Array.from(tail)]);
    expect(split(bytes)).toEqual(whole);
  }
});
