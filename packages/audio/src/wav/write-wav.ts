import {
  type Audio,
  bytesPerSample,
  SUBFORMAT_TAIL,
  TAG_EXTENSIBLE,
  TAG_FLOAT,
  TAG_PCM,
  type WavFormat,
  wavFormats,
} from './wav-format.js';

/**
 * Writes a WAV file. Whole-number formats clip at ±full scale and round to the nearest; floats are kept as they
 * are. More than two channels get an extensible header.
 *
 * @param audio channels of one length, samples in [−1, 1]
 * @throws RangeError where a sample is NaN or infinite, channels differ in length or are none, the rate is no
 * whole number, or the file would pass 4 GiB
 */
export function writeWav(audio: Audio, format: WavFormat = 'pcm16'): Uint8Array {
  const { samplingRate, channels } = audio;
  const frames = checked(audio, format);
  const bytes = bytesPerSample(format);
  const float = format.startsWith('float');
  const extensible = channels.length > 2;
  const formatSize = extensible ? 40 : float ? 18 : 16;
  // All but plain PCM carry their length once more.
  const factSize = extensible || float ? 12 : 0;
  const dataSize = frames * channels.length * bytes;
  const start = 12 + 8 + formatSize + factSize + 8;
  const total = start + dataSize + (dataSize % 2);
  if (total - 8 > 0xffffffff) {
    throw new RangeError(
      `writeWav: ${frames} samples of ${channels.length} channels must take less than 4 GiB, because a WAV file counts in 32 bits; write it in parts`,
    );
  }
  requireFiniteChannels(channels);
  const result = new Uint8Array(total);
  const view = new DataView(result.buffer);
  const tag = float ? TAG_FLOAT : TAG_PCM;
  putText(result, 0, 'RIFF');
  view.setUint32(4, total - 8, true);
  putText(result, 8, 'WAVEfmt ');
  view.setUint32(16, formatSize, true);
  view.setUint16(20, extensible ? TAG_EXTENSIBLE : tag, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, samplingRate, true);
  view.setUint32(28, Math.min(samplingRate * channels.length * bytes, 0xffffffff), true);
  view.setUint16(32, channels.length * bytes, true);
  view.setUint16(34, bytes * 8, true);
  if (extensible) {
    view.setUint16(36, 22, true);
    view.setUint16(38, bytes * 8, true);
    // The speakers' mask stays 0: which channel is whose is not known here.
    view.setUint16(44, tag, true);
    result.set(SUBFORMAT_TAIL, 46);
  }
  if (factSize > 0) {
    const fact = 20 + formatSize;
    putText(result, fact, 'fact');
    view.setUint32(fact + 4, 4, true);
    view.setUint32(fact + 8, frames, true);
  }
  putText(result, start - 8, 'data');
  view.setUint32(start - 4, dataSize, true);
  const encode = encoders[format];
  for (const [channel, samples] of channels.entries()) {
    const step = channels.length * bytes;
    for (let i = 0, at = start + channel * bytes; i < frames; i++, at += step) {
      encode(view, at, samples[i]);
    }
  }
  return result;
}

function checked({ samplingRate, channels }: Audio, format: WavFormat): number {
  if (!wavFormats.includes(format)) {
    throw new RangeError(
      `writeWav: format=${format} must be one of ${wavFormats.join(', ')}, because no other is known; choose pcm16 if unsure`,
    );
  }
  if (!Number.isSafeInteger(samplingRate) || samplingRate < 1 || samplingRate > 0xffffffff) {
    throw new RangeError(
      `writeWav: samplingRate=${samplingRate} must be a whole number of Hz, because the file stores it so; round it`,
    );
  }
  if (channels.length < 1 || channels.length * bytesPerSample(format) > 0xffff) {
    throw new RangeError(
      `writeWav: channels.length=${channels.length} must be 1 to ${Math.floor(0xffff / bytesPerSample(format))}, because the file counts a frame's bytes in 16 bits; give one array a channel`,
    );
  }
  const frames = channels[0].length;
  for (const [channel, samples] of channels.entries()) {
    if (samples.length !== frames) {
      throw new RangeError(
        `writeWav: channels[${channel}].length=${samples.length} must be ${frames} as in channels[0], because they sound together; pad or trim it`,
      );
    }
  }
  return frames;
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

function putText(bytes: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
}

function whole(value: number, scale: number): number {
  return Math.max(-scale, Math.min(scale - 1, Math.round(value * scale)));
}

const encoders: Record<WavFormat, (view: DataView, at: number, value: number) => void> = {
  pcm8: (view, at, value) => view.setUint8(at, whole(value, 128) + 128),
  pcm16: (view, at, value) => view.setInt16(at, whole(value, 32768), true),
  pcm24: (view, at, value) => {
    const sample = whole(value, 8388608);
    view.setUint16(at, sample & 0xffff, true);
    view.setInt8(at + 2, sample >> 16);
  },
  pcm32: (view, at, value) => view.setInt32(at, whole(value, 2147483648), true),
  float32: (view, at, value) => view.setFloat32(at, value, true),
  float64: (view, at, value) => view.setFloat64(at, value, true),
};
