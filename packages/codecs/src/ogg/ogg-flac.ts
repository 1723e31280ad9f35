import { COPY_AGAIN, fail } from '../audio-error.js';
import { FlacFrameDecoder } from '../flac/decode-flac.js';
import { readFrameHeader } from '../flac/frame-header.js';
import { FrameCheck } from '../flac/split-frames.js';
import type { LinkDecoder } from './link-decoder.js';
import { readOggFlacInfo } from './ogg-flac-info.js';
import { PacketReader, type Page } from './pages.js';

/** A packet a frame (https://xiph.org/flac/ogg_mapping.html). */
export function decodeOggFlac(head: Page): LinkDecoder {
  const packets = new PacketReader();
  const info = readOggFlacInfo(packets.push(head)[0]);
  const check = new FrameCheck(info);
  const decoder = new FlacFrameDecoder(info);
  const { samplingRate, channelCount, bits } = info;
  return {
    ...{ encoding: `flac${bits}`, samplingRate, channelCount },
    async push(page) {
      // Metadata never begins as a frame does.
      const frames = packets.push(page).filter((packet) => packet[0] === 0xff);
      if (frames.length === 0) return [];
      for (const frame of frames) {
        const header = readFrameHeader(frame, 0);
        if (!header) return fail(`it is damaged: a frame does not begin as one. ${COPY_AGAIN}`);
        check.add(header);
      }
      return [await decoder.decode(frames)];
    },
    async end() {
      packets.end();
      check.end();
      decoder.end();
      return [];
    },
    free: () => decoder.free(),
  };
}
