import { CONVERT, COPY_AGAIN, CUT_OFF, fail } from '../audio-error.js';
import { isTail, skipId3 } from '../tags.js';
import { type FrameHeader, readFrameHeader } from './frame-header.js';
import { type InfoFrame, readInfoFrame } from './info-frame.js';

/** Where the sound of an MP3 file lies, and how much there is. */
export interface Mp3Stream {
  /** Hz. */
  readonly samplingRate: number;
  readonly channelCount: number;
  /** Of all frames, before what the encoder added is taken away. */
  readonly samples: number;
  readonly info?: InfoFrame;
  /** Bytes from the first frame to behind the last. */
  readonly start: number;
  readonly end: number;
}

/**
 * Walks from frame to frame, so that what is cut off or damaged is found.
 *
 * @throws Problem where it is, or where the rate or number of channels changes
 */
export function walkFrames(bytes: Uint8Array): Mp3Stream {
  const start = findStart(bytes);
  const first = readFrameHeader(bytes, start);
  if (!first) return fail(`it is damaged: no MP3 frame is at byte ${start}. ${COPY_AGAIN}`);
  const info = readInfoFrame(bytes, start, first);
  let frames = info ? -1 : 0;
  let at = start;
  while (at < bytes.length) {
    const header = readFrameHeader(bytes, at);
    if (!header) {
      if (isJoined(bytes, at)) return fail(JOINED);
      // What was appended, and was no part of the sound as the encoder counted it.
      if (isTail(bytes, at) || isComplete(info, frames)) break;
      return fail(whyNoFrame(bytes, at));
    }
    checkSame(first, header, at);
    if (at + header.length > bytes.length) {
      if (isComplete(info, frames)) break;
      return fail(cutOff(info, frames));
    }
    frames++;
    at += header.length;
  }
  const { samplingRate, channelCount } = first;
  if (info?.frames !== undefined && frames < info.frames) return fail(cutOff(info, frames));
  if (info?.frames !== undefined && frames > info.frames) return fail(JOINED);
  return { samplingRate, channelCount, samples: frames * first.samples, info, start, end: at };
}

/** Behind tags and the zeros that some leave behind them. */
export function findStart(bytes: Uint8Array): number {
  let start = skipId3(bytes);
  if (start >= bytes.length) return fail(`it is cut off before its sound begins. ${COPY_AGAIN}`);
  while (start > 0 && bytes[start] === 0) start++;
  return start;
}

const JOINED = `several MP3 files were joined to this one, and only the first says how long it is. ${CONVERT}`;

/** Whether another file's tag and sound follow. */
function isJoined(bytes: Uint8Array, at: number): boolean {
  const rest = bytes.subarray(at);
  const start = skipId3(rest);
  return start > 0 && readFrameHeader(rest, start) !== undefined;
}

const isComplete = (info: InfoFrame | undefined, frames: number) =>
  info?.frames !== undefined && frames >= info.frames;

function checkSame(first: FrameHeader, header: FrameHeader, at: number): void {
  const { samplingRate, channelCount } = header;
  const changed = (what: string, from: number, to: number) =>
    fail(`its ${what} changes from ${from} to ${to} at byte ${at}; only one can be. ${CONVERT}`);
  if (samplingRate !== first.samplingRate) {
    changed('sampling rate', first.samplingRate, samplingRate);
  }
  if (channelCount !== first.channelCount) {
    changed('number of channels', first.channelCount, channelCount);
  }
}

function whyNoFrame(bytes: Uint8Array, at: number): string {
  if (bytes.length - at < 4) return CUT_OFF;
  return `it is damaged: the MP3 frame that must begin at byte ${at} of ${bytes.length} does not. Copy it again, or let another program mend it: ffmpeg -i IN -c:a pcm_s16le OUT.wav`;
}

function cutOff(info: InfoFrame | undefined, frames: number): string {
  if (info?.frames === undefined) return CUT_OFF;
  return `it is cut off: its first frame speaks of ${info.frames} frames, ${Math.max(0, frames)} are there. ${COPY_AGAIN}`;
}
