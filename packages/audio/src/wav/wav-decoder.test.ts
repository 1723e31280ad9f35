import { describe, expect, it } from 'vitest';
import { readWav } from './read-wav.js';
import { createWavDecoder, type WavDecoderOptions } from './wav-decoder.js';
import { WavError, wavFormats } from './wav-format.js';
import { writeWav } from './write-wav.js';

const channels = [
  Float32Array.of(0.5, -0.25, 0.125, 0, 1, -1, 0.75),
  Float32Array.of(0, 0.5, -0.5, 0.25, -0.25, 0.625, -1),
];

/** Reads by pieces of so many bytes. */
function byPieces(bytes: Uint8Array, size: number, options?: WavDecoderOptions) {
  const decoder = createWavDecoder(options);
  const result: number[][] = [];
  const take = (parts: Float32Array[]) => {
    for (const [index, part] of parts.entries()) {
      result[index] ??= [];
      result[index].push(...part);
    }
  };
  for (let at = 0; at < bytes.length; at += size) {
    // A buffer that is used anew, as streams do.
    const piece = bytes.slice(at, at + size);
    take(decoder.push(piece));
    piece.fill(0xaa);
  }
  take(decoder.end());
  return { header: decoder.header, channels: result.map((one) => Float32Array.from(one)) };
}

/** With other sizes than the writer's. */
function sized(bytes: Uint8Array, size: number): Uint8Array {
  const copy = bytes.slice();
  new DataView(copy.buffer).setUint32(40, size, true);
  return copy;
}

describe('createWavDecoder', () => {
  it.each(wavFormats)('reads %s as readWav does, cut anywhere', (format) => {
    for (const count of [1, 2]) {
      const bytes = writeWav({ samplingRate: 8000, channels: channels.slice(0, count) }, format);
      const whole = readWav(bytes);
      for (const size of [1, 2, 3, 7, 44, 1000]) {
        for (const fileBytes of [undefined, bytes.length]) {
          const read = byPieces(bytes, size, { fileBytes });
          expect(read.channels).toEqual(whole.channels);
          expect(read.header).toEqual({
            format,
            samplingRate: 8000,
            channelCount: count,
            frames: 7,
          });
        }
      }
    }
  });

  it('leaves alone what follows the samples', () => {
    const mono = writeWav({ samplingRate: 8000, channels: [channels[0]] });
    const chunk = [...new TextEncoder().encode('LIST'), 4, 0, 0, 0, 1, 2, 3, 4];
    const bytes = Uint8Array.from([...mono, ...chunk]);
    for (const size of [1, 5, 14, 1000]) {
      expect(byPieces(bytes, size).channels).toEqual([readWav(mono).channels[0]]);
    }
  });

  it('takes all that comes where the writer did not know how much', () => {
    const mono = writeWav({ samplingRate: 8000, channels: [channels[0]] });
    for (const size of [0, 0xffffffff, 0x7ffff000]) {
      const bytes = sized(mono, size);
      for (const fileBytes of [undefined, bytes.length]) {
        const read = byPieces(bytes, 5, { fileBytes });
        expect(read.channels).toEqual([readWav(mono).channels[0]]);
      }
    }
  });

  it('keeps whole samples alone of a stream that ends within one', () => {
    const bytes = sized(writeWav({ samplingRate: 8000, channels: [channels[0]] }), 0xffffffff);
    expect(byPieces(bytes.subarray(0, -1), 4).channels[0]).toHaveLength(6);
  });

  it('refuses what is cut off, at once where the size is known and else at the end', () => {
    const bytes = writeWav({ samplingRate: 8000, channels: [channels[0]] }).subarray(0, -3);
    const decoder = createWavDecoder({ fileBytes: bytes.length, where: 'a.wav' });
    expect(() => decoder.push(bytes.subarray(0, 44))).toThrow(
      /^a\.wav: it is cut off: its header speaks of 7 samples, 5 are there\. Copy it again/,
    );
    const blind = createWavDecoder({ where: 'a.wav' });
    expect(blind.push(bytes)[0]).toHaveLength(5);
    expect(() => blind.end()).toThrow(/^a\.wav: it is cut off: .* 7 samples, 5 are there/);
    for (let length = 0; length < 44; length++) {
      const early = createWavDecoder();
      expect(() => {
        early.push(bytes.slice(0, length));
        early.end();
      }, String(length)).toThrow(WavError);
    }
    const text = new TextEncoder().encode('hello world! '.repeat(9));
    expect(() => createWavDecoder().push(text)).toThrow(/it looks like text/);
  });

  it('names the sample that is no number by its place in the file', () => {
    const bytes = writeWav({ samplingRate: 8000, channels: [channels[0]] }, 'float32');
    new DataView(bytes.buffer).setFloat32(bytes.length - 8, Number.NaN, true);
    expect(() => byPieces(bytes, 6)).toThrow(/sample 5 of channel 0 is NaN/);
  });
});
