import { bytesPerSample, type WavFormat } from './wav-format.js';
import type { Fail } from './wav-header.js';

/**
 * Decodes interleaved samples. Whole numbers are divided by the magnitude of their lowest value (32768 for
 * 16 bits), so that they lie in [−1, 1); 8 bits are unsigned with 128 for zero.
 *
 * @returns one array a channel
 */
export function decodeSamples(
  view: DataView,
  format: WavFormat,
  channelCount: number,
  frames: number,
): Float32Array[] {
  const bytes = bytesPerSample(format);
  const step = bytes * channelCount;
  const sample = decoders[format];
  return Array.from({ length: channelCount }, (_, channel) => {
    const result = new Float32Array(frames);
    for (let i = 0, at = channel * bytes; i < frames; i++, at += step) result[i] = sample(view, at);
    return result;
  });
}

/**
 * Refuses what is no sound; only floats can be none.
 *
 * @param first of these samples in the file, for the message
 */
export function checkFinite(
  channels: readonly Float32Array[],
  format: WavFormat,
  { fail, first }: { readonly fail: Fail; readonly first: number },
): void {
  if (!format.startsWith('float')) return;
  for (const [index, channel] of channels.entries()) {
    const at = channel.findIndex((value) => !Number.isFinite(value));
    if (at < 0) continue;
    fail(
      `sample ${first + at} of channel ${index} is ${channel[at]}, not a finite number. Repair the recording or leave it out`,
    );
  }
}

const decoders: Record<WavFormat, (view: DataView, at: number) => number> = {
  pcm8: (view, at) => (view.getUint8(at) - 128) / 128,
  pcm16: (view, at) => view.getInt16(at, true) / 32768,
  pcm24: (view, at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 65536) / 8388608,
  pcm32: (view, at) => view.getInt32(at, true) / 2147483648,
  float32: (view, at) => view.getFloat32(at, true),
  float64: (view, at) => view.getFloat64(at, true),
};
