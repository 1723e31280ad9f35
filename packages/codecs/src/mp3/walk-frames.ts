import { CONVERT, COPY_AGAIN, CUT_OFF, fail } from '../audio-error.js';
import { hasMark } from '../bits.js';
import type { ByteWindow, Parsing } from '../byte-window.js';
import { isTail, passId3, passZeros } from '../tags.js';
import { type FrameHeader, readFrameHeader } from './frame-header.js';
import { type InfoFrame, readInfoFrame } from './info-frame.js';

const HEADER_BYTES = 4;

/** What the first frame says. */
export interface Mp3Head {
  readonly first: FrameHeader;
  readonly info?: InfoFrame;
}

/** From the beginning of a file to its first frame, behind tags and the zeros that some leave behind them. */
export function* readMp3Head(window: ByteWindow): Parsing<never, Mp3Head> {
  yield* passId3(window);
  if (!(yield* window.hold(1))) return fail(`it is cut off before its sound begins. ${COPY_AGAIN}`);
  if (window.position > 0) yield* passZeros(window);
  yield* window.hold(HEADER_BYTES);
  const first = readFrameHeader(window.bytes, 0);
  if (!first) {
    return fail(`it is damaged: no MP3 frame is at byte ${window.position}. ${COPY_AGAIN}`);
  }
  yield* window.hold(first.length);
  return { first, info: readInfoFrame(window.bytes, 0, first) };
}

/**
 * Walks from frame to frame, so that what is cut off or damaged is found.
 *
 * @param window from the first frame on
 * @returns how many have sound, all found
 * @throws Problem where one is damaged or cut off, or where the rate or number of channels changes
 */
export function* walkFrames(
  window: ByteWindow,
  { first, info }: Mp3Head,
): Parsing<Uint8Array, number> {
  let frames = info ? -1 : 0;
  while (yield* window.hold(1)) {
    const at = window.position;
    const isLong = yield* window.hold(HEADER_BYTES);
    const header = readFrameHeader(window.bytes, 0);
    if (!header) {
      yield* refuseJoined(window);
      // What was appended, and was no part of the sound as the encoder counted it.
      if ((yield* isTail(window)) || isComplete(info, frames)) break;
      return fail(isLong ? noFrame(at) : CUT_OFF);
    }
    checkSame(first, header, at);
    if (!(yield* window.hold(header.length))) {
      if (isComplete(info, frames)) break;
      return fail(cutOff(info, frames));
    }
    frames++;
    yield window.bytes.slice(0, header.length);
    window.drop(header.length);
  }
  if (info?.frames !== undefined && frames < info.frames) return fail(cutOff(info, frames));
  if (info?.frames !== undefined && frames > info.frames) return fail(JOINED);
  return frames;
}

const JOINED = `several MP3 files were joined to this one, and only the first says how long it is. ${CONVERT}`;

/** @throws Problem where another file's tag and sound follow */
function* refuseJoined(window: ByteWindow): Parsing<never> {
  yield* window.hold(TAG_MARK.length);
  if (!hasMark(window.bytes, 0, TAG_MARK)) return;
  const at = window.position;
  yield* passId3(window);
  yield* window.hold(HEADER_BYTES);
  if (window.position > at && readFrameHeader(window.bytes, 0)) fail(JOINED);
  // Nothing of what follows such a tag is sound.
  yield* window.skip(Number.POSITIVE_INFINITY);
}

const TAG_MARK = 'ID3';

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

function noFrame(at: number): string {
  return `it is damaged: the MP3 frame that must begin at byte ${at} does not. Copy it again, or let another program mend it: ffmpeg -i IN -c:a pcm_s16le OUT.wav`;
}

function cutOff(info: InfoFrame | undefined, frames: number): string {
  if (info?.frames === undefined) return CUT_OFF;
  return `it is cut off: its first frame speaks of ${info.frames} frames, ${Math.max(0, frames)} are there. ${COPY_AGAIN}`;
}
