import { describe, expect, it } from 'vitest';
import { readWav } from './read-wav.js';
import { WavError } from './wav-format.js';
import { readWavHeader } from './wav-header.js';
import { writeWav } from './write-wav.js';

const channel = Float32Array.from({ length: 50 }, (_, i) => Math.sin(i) / 2);

/** A file with a chunk of another kind before its samples. */
function withList(file: Uint8Array, bytes: number): Uint8Array {
  const list = new Uint8Array(8 + bytes);
  list.set(new TextEncoder().encode('LIST'));
  new DataView(list.buffer).setUint32(4, bytes, true);
  return Uint8Array.from([...file.subarray(0, 12), ...list, ...file.subarray(12)]);
}

describe('readWavHeader', () => {
  const stereo = writeWav({ samplingRate: 16000, channels: [channel, channel] }, 'float32');
  const mono = writeWav({ samplingRate: 22050, channels: [channel] });

  it.each([
    ['16 bits', mono, { format: 'pcm16', samplingRate: 22050, channelCount: 1, frames: 50 }],
    ['floats', stereo, { format: 'float32', samplingRate: 16000, channelCount: 2, frames: 50 }],
    ['another chunk before', withList(mono, 300), { samplingRate: 22050, frames: 50 }],
  ])('%s: the same from any piece that suffices, and what readWav reads', (_, file, expected) => {
    const whole = readWavHeader(file, { fileBytes: file.length });
    expect(whole).toMatchObject(expected);
    expect(readWav(file).channels[0]).toHaveLength(whole!.frames);
    const lengths = Array.from({ length: file.length }, (_, i) => i + 12);
    for (const length of lengths) {
      const head = readWavHeader(file.subarray(0, length), { fileBytes: file.length });
      expect(head === undefined || JSON.stringify(head) === JSON.stringify(whole)).toBe(true);
    }
    const enough = readWavHeader(file.subarray(0, file.length - 2 * 50), {
      fileBytes: file.length,
    });
    expect(enough).toEqual(whole);
  });

  it('asks for the whole file where a pipe left no length', () => {
    const streamed = Uint8Array.from(mono);
    const at = streamed.length - 2 * 50 - 4;
    new DataView(streamed.buffer).setUint32(at, 0, true);
    const options = { fileBytes: streamed.length };
    expect(readWavHeader(streamed.subarray(0, 80), options)).toBeUndefined();
    expect(readWavHeader(streamed, options)).toMatchObject({ frames: 50 });
  });

  it('refuses what readWav refuses', () => {
    const refused = (head: Uint8Array, fileBytes: number) => {
      const read = () => readWavHeader(head, { fileBytes, where: 'a.wav' });
      expect(read).toThrow(WavError);
      return expect(read);
    };
    refused(mono.subarray(0, 60), mono.length - 20).toThrow(
      /a\.wav: it is cut off: .* 40 are there/,
    );
    refused(new TextEncoder().encode('these are words'), 15).toThrow(/it looks like text/);
    refused(mono.subarray(0, 30), 30).toThrow(/cut off in its format/);
    refused(mono.subarray(0, 36), 36).toThrow(/it has no data/);
  });
});
