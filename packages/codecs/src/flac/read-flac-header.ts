import { COPY_AGAIN, fail } from '../audio-error.js';
import type { AudioHeader } from '../audio-format.js';
import { skipId3 } from '../tags.js';
import { readFrameHeader } from './frame-header.js';
import { splitFrames } from './split-frames.js';
import { readMetadata, STREAM_INFO_BYTES } from './stream-info.js';

/** @returns undefined where more than these first bytes must be known */
export function readFlacHeader(head: Uint8Array, whole: boolean): AudioHeader | undefined {
  const at = skipId3(head);
  if (!whole && head.length < at + 8 + STREAM_INFO_BYTES) return undefined;
  const { info, start } = readMetadata(head, at);
  const { samplingRate, channelCount, bits, samples } = info;
  const header = { format: 'flac', encoding: `flac${bits}`, samplingRate, channelCount } as const;
  if (samples > 0) return { ...header, frames: samples };
  if (!whole) return undefined;
  if (start === undefined) return fail(`it is cut off before its sound begins. ${COPY_AGAIN}`);
  return { ...header, frames: countSamples(head, start, info) };
}

function countSamples(...stream: Parameters<typeof splitFrames>): number {
  return splitFrames(...stream).reduce(
    (sum, frame) => sum + (readFrameHeader(frame, 0)?.samples ?? 0),
    0,
  );
}
