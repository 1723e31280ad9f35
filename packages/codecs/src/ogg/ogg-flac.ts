import { COPY_AGAIN, fail } from '../audio-error.js';
import type { DecodedAudio } from '../audio-format.js';
import { decodeFrames } from '../flac/decode-flac.js';
import { readFrameHeader } from '../flac/frame-header.js';
import { FrameCheck } from '../flac/split-frames.js';
import type { StreamInfo } from '../flac/stream-info.js';
import type { Link } from './links.js';
import { readOggFlacInfo } from './ogg-flac-info.js';
import { readPackets } from './pages.js';

export async function decodeOggFlac(link: Link): Promise<DecodedAudio> {
  const { info, frames } = readOggFlac(link);
  return decodeFrames(frames, info, 'ogg-flac');
}

/** A packet a frame (https://xiph.org/flac/ogg_mapping.html). */
function readOggFlac({ pages }: Link): { info: StreamInfo; frames: Uint8Array[] } {
  const packets = readPackets(pages);
  const info = readOggFlacInfo(packets[0]);
  const check = new FrameCheck(info);
  // Metadata never begins as a frame does.
  const frames = packets.slice(1).filter((packet) => packet[0] === 0xff);
  for (const frame of frames) {
    const header = readFrameHeader(frame, 0);
    if (!header) return fail(`it is damaged: a frame does not begin as one. ${COPY_AGAIN}`);
    check.add(header);
  }
  check.end();
  return { info, frames };
}
