import { hasMark } from './bits.js';

/** Where the sound begins: behind ID3v2 tags (https://id3.org/id3v2.4.0-structure). May lie beyond the bytes. */
export function skipId3(bytes: Uint8Array): number {
  let at = 0;
  while (hasMark(bytes, at, 'ID3') && bytes.length >= at + 10) {
    const [flags, ...size] = bytes.subarray(at + 5, at + 10);
    // Seven bits a byte.
    const length = size.reduce((sum, byte) => sum * 128 + (byte & 127), 0);
    at += 10 + length + (flags & 0x10 ? 10 : 0);
  }
  return at;
}

/** Whether only tags or zeros follow: ID3v1, APE, Lyrics3, or an ID3v2 that was appended. */
export function isTail(bytes: Uint8Array, at: number): boolean {
  const marks = ['TAG', 'APETAGEX', 'LYRICSBEGIN', 'ID3', '3DI'];
  return marks.some((mark) => hasMark(bytes, at, mark)) || isZeros(bytes, at);
}

function isZeros(bytes: Uint8Array, from: number): boolean {
  for (let i = from; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}
