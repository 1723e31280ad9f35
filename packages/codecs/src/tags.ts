import { hasMark } from './bits.js';
import type { ByteWindow, Parsing } from './byte-window.js';

const ID3_BYTES = 10;

/** Where the sound begins: behind ID3v2 tags (https://id3.org/id3v2.4.0-structure). May lie beyond the bytes. */
export function skipId3(bytes: Uint8Array): number {
  let at = 0;
  for (let length = id3Length(bytes, at); length > 0; length = id3Length(bytes, at)) at += length;
  return at;
}

/** The same as the bytes come. */
export function* passId3(window: ByteWindow): Parsing<never> {
  while (yield* window.hold(ID3_BYTES)) {
    const length = id3Length(window.bytes, 0);
    if (length === 0) return;
    yield* window.skip(length);
  }
}

/** Bytes of the tag that begins there; 0 where none does. */
function id3Length(bytes: Uint8Array, at: number): number {
  if (!hasMark(bytes, at, 'ID3') || bytes.length < at + ID3_BYTES) return 0;
  const [flags, ...size] = bytes.subarray(at + 5, at + ID3_BYTES);
  // Seven bits a byte.
  const length = size.reduce((sum, byte) => sum * 128 + (byte & 127), 0);
  return ID3_BYTES + length + (flags & 0x10 ? ID3_BYTES : 0);
}

const TAIL_MARKS = ['TAG', 'APETAGEX', 'LYRICSBEGIN', 'ID3', '3DI'];
/** Of the longest. */
export const TAIL_MARK_BYTES = 11;

/** Whether tags follow that stand behind sound: ID3v1, APE, Lyrics3, or an ID3v2 that was appended. */
export function isTailMark(bytes: Uint8Array, at: number): boolean {
  return TAIL_MARKS.some((mark) => hasMark(bytes, at, mark));
}

/** Whether only tags or zeros follow to the end of the file. Zeros are passed over. */
export function* isTail(window: ByteWindow): Parsing<never, boolean> {
  yield* window.hold(TAIL_MARK_BYTES);
  if (isTailMark(window.bytes, 0)) return true;
  return !(yield* passZeros(window));
}

/** @returns whether anything follows them */
export function* passZeros(window: ByteWindow): Parsing<never, boolean> {
  while (yield* window.hold(1)) {
    const zeros = window.bytes.findIndex((byte) => byte !== 0);
    window.drop(zeros < 0 ? window.length : zeros);
    if (zeros >= 0) return true;
  }
  return false;
}
