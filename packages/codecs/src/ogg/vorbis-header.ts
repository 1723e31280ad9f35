import { CONVERT, COPY_AGAIN, fail } from '../audio-error.js';

/** Of the first packet (https://xiph.org/vorbis/doc/Vorbis_I_spec.html, section 4.2.2). */
export function readVorbisHeader(bytes: Uint8Array | undefined): {
  readonly samplingRate: number;
  readonly channelCount: number;
} {
  if (!bytes || bytes.length < 30) return fail(`it is damaged: its header is short. ${COPY_AGAIN}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const channelCount = view.getUint8(11);
  const samplingRate = view.getUint32(12, true);
  if (channelCount === 0) return fail(`it has 0 channels. ${CONVERT}`);
  if (samplingRate === 0) return fail(`its sampling rate is 0 Hz. ${CONVERT}`);
  return { samplingRate, channelCount };
}
