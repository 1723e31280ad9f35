import { expectClose } from '@hifigan/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readWav } from './read-wav.js';
import { type WavFormat, wavFormats } from './wav-format.js';
import { writeWav } from './write-wav.js';

const text = (bytes: Uint8Array, from: number, to: number) =>
  String.fromCharCode(...bytes.subarray(from, to));

/** Half a step of each whole-number format, what rounding to float32 leaves of the others. */
const errors: Record<WavFormat, number> = {
  pcm8: 1 / 256,
  pcm16: 1 / 65536,
  pcm24: 1 / 16777216 + 6e-8,
  pcm32: 6e-8,
  float32: 0,
  float64: 0,
};

describe('writeWav', () => {
  it('writes the file that one puts together by hand', () => {
    const file = writeWav({ samplingRate: 22050, channels: [Float32Array.of(0.5, -1)] });
    const hex = [...file].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    expect(hex).toBe(
      [
        '52 49 46 46 28 00 00 00 57 41 56 45', // RIFF 40 WAVE
        '66 6d 74 20 10 00 00 00 01 00 01 00 22 56 00 00 44 ac 00 00 02 00 10 00', // fmt
        '64 61 74 61 04 00 00 00 00 40 00 80', // data
      ].join(' '),
    );
  });

  it('clips instead of wrapping, and rounds to the nearest', () => {
    const audio = Float32Array.of(1, 1.5, -1.5, 1e30, -1e30, 0.6 / 32768, -0.6 / 32768);
    const through = (format: WavFormat) => [
      ...readWav(writeWav({ samplingRate: 8000, channels: [audio] }, format)).channels[0],
    ];
    const top = 32767 / 32768;
    expect(through('pcm16')).toEqual([top, top, -1, top, -1, 1 / 32768, -1 / 32768]);
    expect(through('pcm8').slice(0, 5)).toEqual([127 / 128, 127 / 128, -1, 127 / 128, -1]);
    const top24 = Math.fround(8388607 / 8388608);
    expect(through('pcm24').slice(0, 5)).toEqual([top24, top24, -1, top24, -1]);
    expect(through('pcm32').slice(0, 5)).toEqual([1, 1, -1, 1, -1]);
    expect(through('float32')).toEqual([...audio]);
  });

  it.each(wavFormats)('%s comes back, from one to nine channels', (format) => {
    const sample = format.startsWith('float')
      ? fc.float({ noNaN: true, noDefaultInfinity: true })
      : fc.float({ min: -1, max: Math.fround(0.99), noNaN: true });
    const audio = fc
      .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 20 }))
      .chain(([channels, frames]) =>
        fc.array(fc.array(sample, { minLength: frames, maxLength: frames }), {
          minLength: channels,
          maxLength: channels,
        }),
      );
    fc.assert(
      fc.property(audio, fc.integer({ min: 1, max: 768000 }), (values, samplingRate) => {
        const channels = values.map((channel) => Float32Array.from(channel));
        const file = writeWav({ samplingRate, channels }, format);
        expect(file.length % 2).toBe(0);
        const read = readWav(file);
        expect([read.samplingRate, read.format]).toEqual([samplingRate, format]);
        expect(read.channels.length).toBe(channels.length);
        read.channels.forEach((channel, i) => {
          // 127/128 and 0.99 lie further apart than half a step of 8 bits: both ends are reached.
          expectClose(channel, channels[i], { max: errors[format] });
        });
        // What was read is written as the same file.
        expect(writeWav(read, format)).toEqual(file);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps every 8- and 16-bit value', () => {
    for (const [format, scale] of [
      ['pcm8', 128],
      ['pcm16', 32768],
    ] as const) {
      const all = Float32Array.from({ length: 2 * scale }, (_, i) => (i - scale) / scale);
      const read = readWav(writeWav({ samplingRate: 8000, channels: [all] }, format));
      expect(read.channels[0]).toEqual(all);
    }
  });

  it('gives more than two channels and floats the headers they need', () => {
    const channel = new Float32Array(3);
    const floats = writeWav({ samplingRate: 8000, channels: [channel] }, 'float32');
    expect(text(floats, 38, 42)).toBe('fact');
    expect(new DataView(floats.buffer).getUint32(46, true)).toBe(3);
    const three = writeWav({ samplingRate: 8000, channels: [channel, channel, channel] });
    expect(new DataView(three.buffer).getUint16(20, true)).toBe(0xfffe);
    expect(text(three, 60, 64)).toBe('fact');
    for (const file of [floats, three]) {
      expect(new DataView(file.buffer).getUint32(4, true)).toBe(file.length - 8);
    }
  });

  it('refuses NaN, infinity and other nonsense', () => {
    const write = (change: object, format?: WavFormat) => () =>
      writeWav({ samplingRate: 8000, channels: [new Float32Array(2)], ...change }, format);
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const channels = [new Float32Array(2), Float32Array.of(0, bad)];
      expect(write({ channels })).toThrow(`channels[1][1]=${bad} must be finite`);
      expect(write({ channels }, 'float32')).toThrow(/must be finite/);
    }
    expect(write({ channels: [] })).toThrow(/channelCount=0/);
    expect(write({ channels: new Array(40000).fill(new Float32Array(0)) })).toThrow(/1 to 32767/);
    expect(write({ channels: [new Float32Array(2), new Float32Array(3)] })).toThrow(
      /channels\[1\].length=3 must be 2/,
    );
    for (const samplingRate of [0, 22050.5, Number.NaN, 2 ** 32]) {
      expect(write({ samplingRate })).toThrow(`samplingRate=${samplingRate}`);
    }
    expect(write({}, 'mp3' as WavFormat)).toThrow(/format=mp3 must be one of pcm8, pcm16/);
  });

  it('tells who hands in something else', () => {
    const samples = new Float32Array(2);
    for (const bad of [null, undefined, 'a.wav', samples, [samples], { channels: samples }]) {
      const write = () => writeWav(bad as never);
      expect(write).toThrow(TypeError);
      expect(write).toThrow(/^writeWav: audio must be { samplingRate, channels } with an array/);
    }
    const pcm = { samplingRate: 8000, channels: [samples, new Int16Array(2)] as never };
    expect(() => writeWav(pcm)).toThrow(
      /^writeWav: channels\[1\]=Int16Array must be a Float32Array, .*divide them/,
    );
    expect(() => writeWav({ samplingRate: 8000, channels: [null] as never })).toThrow(
      /^writeWav: channels\[0\]=Null must be a Float32Array/,
    );
  });

  it('refuses files over 4 GiB before making them', () => {
    // The same 4 MiB in 4096 places.
    const channel = new Float32Array(2 ** 20);
    const channels = new Array<Float32Array>(4096).fill(channel);
    expect(() => writeWav({ samplingRate: 8000, channels }, 'pcm8')).toThrow(/less than 4 GiB/);
  });
});
