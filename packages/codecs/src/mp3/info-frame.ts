import { hasMark } from '../bits.js';
import type { FrameHeader } from './frame-header.js';

/** What an encoder writes into a first frame that has no sound. */
export interface InfoFrame {
  /** How many frames of sound follow, where it says so. */
  readonly frames?: number;
  /** Samples that the encoder put before the recording's first and behind its last. */
  readonly delay: number;
  readonly padding: number;
}

/** Xing's and LAME's (http://gabriel.mp3-tech.org/mp3infotag.html), and Fraunhofer's. */
export function readInfoFrame(
  bytes: Uint8Array,
  at: number,
  header: FrameHeader,
): InfoFrame | undefined {
  const view = new DataView(
    bytes.buffer,
    bytes.byteOffset + at,
    Math.min(header.length, bytes.length - at),
  );
  const vbri = 4 + 32;
  if (hasMark(bytes, at + vbri, 'VBRI') && view.byteLength >= vbri + 18) {
    return { frames: view.getUint32(vbri + 14), delay: 0, padding: 0 };
  }
  // Encoders differ in whether a checksum counts.
  for (const checksum of header.hasChecksum ? [2, 0] : [0]) {
    const mark = 4 + checksum + header.sideBytes;
    const isMark = hasMark(bytes, at + mark, 'Xing') || hasMark(bytes, at + mark, 'Info');
    if (isMark && view.byteLength >= mark + 8) return readXing(view, mark);
  }
  return undefined;
}

function readXing(view: DataView, mark: number): InfoFrame {
  const flags = view.getUint32(mark + 4);
  let next = mark + 8;
  const skip = (flag: number, bytes: number) => {
    const at = next;
    if (flags & flag) next += bytes;
    return flags & flag && next <= view.byteLength ? at : undefined;
  };
  const framesAt = skip(1, 4);
  skip(2, 4);
  skip(4, 100);
  skip(8, 4);
  const frames = framesAt === undefined ? undefined : view.getUint32(framesAt);
  // LAME's part: nine characters of its name, then what comes before the two twelve-bit counts.
  const counts = next + 21;
  const named = next + 24 <= view.byteLength && view.getUint32(next) !== 0;
  return {
    frames,
    delay: named ? view.getUint16(counts) >> 4 : 0,
    padding: named ? view.getUint16(counts + 1) & 0xfff : 0,
  };
}
