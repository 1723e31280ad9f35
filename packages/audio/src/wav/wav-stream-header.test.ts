import { expect, it } from 'vitest';
import { readWav } from './read-wav.js';
import { wavFormats } from './wav-format.js';
import { wavStreamHeader } from './wav-stream-header.js';
import { writeWav } from './write-wav.js';

it.each(wavFormats)('%s: what follows a header without a length is read to its end', (format) => {
  const channels = [1, 2, 3].map((seed) =>
    Float32Array.from({ length: 8 }, (_, i) => i / 8 / seed),
  );
  for (const count of [1, 2, 3]) {
    const audio = { samplingRate: 22050, channels: channels.slice(0, count) };
    const whole = writeWav(audio, format);
    const options = { samplingRate: 22050, channelCount: count, format };
    const open = wavStreamHeader(options);
    const streamed = Uint8Array.from([...open, ...whole.subarray(open.length)]);
    expect(readWav(streamed)).toEqual(readWav(whole));
    // As ffmpeg and sox write it.
    const view = new DataView(open.buffer);
    expect([view.getUint32(4, true), view.getUint32(open.length - 4, true)]).toEqual([
      0xffffffff, 0xffffffff,
    ]);
    // The length is put in afterwards: the header keeps its size.
    const closed = wavStreamHeader({ ...options, frames: 8 });
    expect(closed).toEqual(whole.subarray(0, open.length));
  }
});

it('refuses what cannot be written', () => {
  const options = { samplingRate: 22050, channelCount: 1, format: 'pcm16' } as const;
  expect(() => wavStreamHeader({ ...options, channelCount: 0 })).toThrow(/channelCount=0/);
  expect(() => wavStreamHeader({ ...options, samplingRate: 0.5 })).toThrow(/samplingRate=0.5/);
  expect(() => wavStreamHeader({ ...options, frames: 2 ** 31 })).toThrow(/less than 4 GiB/);
});
