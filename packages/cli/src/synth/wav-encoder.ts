import { type WavFormat, writeWav } from '@hifigan/audio';
import { UserError } from '../errors.js';
import type { SoundEncoder } from './sound-encoder.js';

/** What a header says where the length is not known, as ffmpeg and sox write it. */
const UNKNOWN = 0xffffffff;

/**
 * WAV, piece by piece. Where the length is not known at the beginning, its sizes are 0xFFFFFFFF, which players take for
 * "to the end", until they are written over.
 */
export function createWavEncoder(format: WavFormat, samplingRate: number): SoundEncoder {
  const encoded = (samples: Float32Array) =>
    writeWav({ samplingRate, channels: [samples] }, format);
  const empty = encoded(new Float32Array());
  const bytesPerSample = encoded(new Float32Array(2)).length / 2 - empty.length / 2;
  let written = 0;
  const header = (samples: number | undefined): Uint8Array => {
    const bytes = samples === undefined ? UNKNOWN : samples * bytesPerSample;
    const total = bytes + (bytes % 2) + empty.length - 8;
    if (samples !== undefined && total > UNKNOWN) {
      throw new UserError(
        `the result would have ${total + 8} bytes, and a WAV file counts to ${UNKNOWN + 8}; take --format flac, or a lower --sampling-rate`,
      );
    }
    const head = empty.slice();
    const view = new DataView(head.buffer);
    view.setUint32(4, samples === undefined ? UNKNOWN : total, true);
    view.setUint32(head.length - 4, bytes, true);
    // All but plain PCM carry their length once more, before the data.
    if (format.startsWith('float')) view.setUint32(head.length - 12, samples ?? UNKNOWN, true);
    return head;
  };
  return {
    begin: header,
    encode(samples) {
      written += samples.length;
      return encoded(samples).subarray(
        empty.length,
        empty.length + samples.length * bytesPerSample,
      );
    },
    end: () => ({
      bytes: new Uint8Array((written * bytesPerSample) % 2),
      start: header(written),
    }),
  };
}
