import { checkSamples } from '../check-samples.js';
import { mulberry32 } from '../mulberry32.js';
import { type DitherOptions, quantize, triangularNoise } from '../quantize.js';
import { type Audio, bytesPerSample, type WavFormat } from './wav-format.js';
import { wavStreamHeader } from './wav-stream-header.js';

/**
 * Writes a WAV file. Whole-number formats clip at ±full scale and round to the nearest, with dither on demand; floats
 * are kept as they are. More than two channels get an extensible header.
 *
 * @param audio channels of one length, samples in [−1, 1]
 * @throws RangeError where a sample is NaN or infinite, channels differ in length or are none, the rate is no
 * whole number, or the file would pass 4 GiB; TypeError where channels are no Float32Arrays
 */
export function writeWav(
  audio: Audio,
  format: WavFormat = 'pcm16',
  { dither = false, random = mulberry32(0) }: DitherOptions = {},
): Uint8Array {
  requireChannels(audio);
  const { samplingRate, channels } = audio;
  const frames = channels[0]?.length ?? 0;
  const header = wavStreamHeader({ samplingRate, channelCount: channels.length, format, frames });
  requireEqualLengths(channels, frames);
  requireFiniteChannels(channels);
  const bytes = bytesPerSample(format);
  const step = channels.length * bytes;
  const dataSize = frames * step;
  const result = new Uint8Array(header.length + dataSize + (dataSize % 2));
  result.set(header);
  const view = new DataView(result.buffer);
  const encode = encoders[format];
  for (const [channel, samples] of channels.entries()) {
    for (let i = 0, at = header.length + channel * bytes; i < frames; i++, at += step) {
      encode(view, at, samples[i], dither ? triangularNoise(random) : 0);
    }
  }
  return result;
}

/** Types let nothing else through; who writes JavaScript is told. */
function requireChannels(audio: Audio): void {
  const channels: unknown = audio?.channels;
  if (!Array.isArray(channels)) {
    throw new TypeError(
      'writeWav: audio must be { samplingRate, channels } with an array of Float32Arrays, because a file says its rate and has each channel by itself; put a single one into an array: [samples]',
    );
  }
  for (const [channel, samples] of channels.entries()) {
    checkSamples('writeWav', `channels[${channel}]`, samples);
  }
}

function requireEqualLengths(channels: readonly Float32Array[], frames: number): void {
  for (const [channel, samples] of channels.entries()) {
    if (samples.length !== frames) {
      throw new RangeError(
        `writeWav: channels[${channel}].length=${samples.length} must be ${frames} as in channels[0], because they sound together; pad or trim it`,
      );
    }
  }
}

function requireFiniteChannels(channels: readonly Float32Array[]): void {
  for (const [channel, samples] of channels.entries()) {
    const at = samples.findIndex((value) => !Number.isFinite(value));
    if (at >= 0) {
      throw new RangeError(
        `writeWav: channels[${channel}][${at}]=${samples[at]} must be finite, because it is no sound; look for what made it`,
      );
    }
  }
}

type Encoder = (view: DataView, at: number, value: number, noise: number) => void;

const encoders: Record<WavFormat, Encoder> = {
  pcm8: (view, at, value, noise) => view.setUint8(at, quantize(value, 128, noise) + 128),
  pcm16: (view, at, value, noise) => view.setInt16(at, quantize(value, 32768, noise), true),
  pcm24: (view, at, value, noise) => {
    const sample = quantize(value, 8388608, noise);
    view.setUint16(at, sample & 0xffff, true);
    view.setInt8(at + 2, sample >> 16);
  },
  pcm32: (view, at, value, noise) => view.setInt32(at, quantize(value, 2147483648, noise), true),
  float32: (view, at, value) => view.setFloat32(at, value, true),
  float64: (view, at, value) => view.setFloat64(at, value, true),
};
