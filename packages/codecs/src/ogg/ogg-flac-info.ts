import { COPY_AGAIN, fail } from '../audio-error.js';
import { hasMark } from '../bits.js';
import { readStreamInfo, STREAM_INFO_BYTES, type StreamInfo } from '../flac/stream-info.js';

/** Of the first packet. */
export function readOggFlacInfo(packet: Uint8Array | undefined): StreamInfo {
  if (!packet || packet.length < 17 + STREAM_INFO_BYTES || !hasMark(packet, 9, 'fLaC')) {
    return fail(`it is damaged: its header is short. ${COPY_AGAIN}`);
  }
  return readStreamInfo(packet.subarray(17, 17 + STREAM_INFO_BYTES));
}
