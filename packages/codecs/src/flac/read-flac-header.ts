import type { AudioHeader } from '../audio-format.js';
import { ByteWindow, parsed, resultOf } from '../byte-window.js';
import { skipId3 } from '../tags.js';
import { splitFrames } from './split-frames.js';
import { FIRST_BLOCK_BYTES, readFirstBlock, readMetadata } from './stream-info.js';

/** @returns undefined where more than these first bytes must be known */
export function readFlacHeader(head: Uint8Array, whole: boolean): AudioHeader | undefined {
  const at = skipId3(head);
  if (!whole && head.length < at + FIRST_BLOCK_BYTES) return undefined;
  const { samplingRate, channelCount, bits, samples } = readFirstBlock(head.subarray(at));
  const header = { format: 'flac', encoding: `flac${bits}`, samplingRate, channelCount } as const;
  if (samples > 0) return { ...header, frames: samples };
  return whole ? { ...header, frames: countSamples(head) } : undefined;
}

function countSamples(bytes: Uint8Array): number {
  const window = ByteWindow.of(bytes);
  const info = resultOf(readMetadata(window));
  let sum = 0;
  for (const { samples } of parsed(splitFrames(window, info))) sum += samples;
  return sum;
}
