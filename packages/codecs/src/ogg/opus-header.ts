import { CONVERT, COPY_AGAIN, fail } from '../audio-error.js';

/** What an Opus stream says of itself (RFC 7845, section 5.1). */
export interface OpusHeader {
  readonly channelCount: number;
  /** Samples at 48 kHz before the recording begins. */
  readonly preSkip: number;
  /** Factor. */
  readonly gain: number;
  readonly streamCount: number;
  readonly coupledStreamCount: number;
  /** Of each channel: which of the decoded ones it is. */
  readonly mapping: readonly number[];
}

export function readOpusHeader(bytes: Uint8Array | undefined): OpusHeader {
  if (!bytes || bytes.length < 19) return fail(`it is damaged: its header is short. ${COPY_AGAIN}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const channelCount = view.getUint8(9);
  const family = view.getUint8(18);
  const header = {
    channelCount,
    preSkip: view.getUint16(10, true),
    // In 256ths of a decibel.
    gain: 10 ** (view.getInt16(16, true) / (20 * 256)),
  };
  if (channelCount === 0) return fail(`it has 0 channels. ${CONVERT}`);
  if (family === 0) {
    if (channelCount > 2) return fail(`it has ${channelCount} channels, but no order. ${CONVERT}`);
    const mapping = channelCount === 2 ? [0, 1] : [0];
    return { ...header, streamCount: 1, coupledStreamCount: channelCount - 1, mapping };
  }
  if (family !== 1) {
    return fail(`its channels are of family ${family}; speakers (0 and 1) can be read. ${CONVERT}`);
  }
  if (bytes.length < 21 + channelCount) {
    return fail(`it is damaged: its header is short. ${COPY_AGAIN}`);
  }
  const [streamCount, coupledStreamCount, ...mapping] = bytes.subarray(19, 21 + channelCount);
  return { ...header, streamCount, coupledStreamCount, mapping };
}
