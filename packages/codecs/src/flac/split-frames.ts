import { CONVERT, COPY_AGAIN, CUT_OFF, fail } from '../audio-error.js';
import { isTail } from '../tags.js';
import { crc16 } from './checksums.js';
import { type FrameHeader, readFrameHeader } from './frame-header.js';
import type { StreamInfo } from './stream-info.js';

/**
 * Looks through frames as they come: that each says what the stream says, and that none is missing.
 */
export class FrameCheck {
  samples = 0;
  readonly #info: StreamInfo;
  #expected: number | undefined;

  constructor(info: StreamInfo) {
    this.#info = info;
  }

  add({ samplingRate, channelCount, bits, number, samples, variable }: FrameHeader): void {
    const { info, at } = { info: this.#info, at: `after ${this.samples} samples` };
    const changed = (what: string, from: number, to: number) =>
      fail(`its ${what} changes from ${from} to ${to} ${at}; only one can be. ${CONVERT}`);
    if (samplingRate === 0 || bits === 0) {
      fail(
        `its frames leave rate or bits to the file's header, which the decoder does not see. ${CONVERT}`,
      );
    }
    if (samplingRate !== info.samplingRate) {
      changed('sampling rate', info.samplingRate, samplingRate);
    }
    if (channelCount !== info.channelCount) {
      changed('number of channels', info.channelCount, channelCount);
    }
    if (bits !== info.bits) changed('number of bits', info.bits, bits);
    // A part of a longer stream begins with any number.
    if (this.#expected !== undefined && number !== this.#expected) {
      fail(`it is damaged: sound is missing ${at}. ${COPY_AGAIN}`);
    }
    this.#expected = number + (variable ? samples : 1);
    this.samples += samples;
  }

  /** @returns samples of each channel */
  end(): number {
    const { samples } = this.#info;
    if (samples > 0 && this.samples < samples) fail(cutOff(samples, this.samples));
    if (samples > 0 && this.samples > samples) {
      fail(
        `it is damaged: its header speaks of ${samples} samples, ${this.samples} are there. ${COPY_AGAIN}`,
      );
    }
    return this.samples;
  }
}

/**
 * Finds the frames of a stream by their checksums, in one pass, so that nothing damaged is passed over in silence.
 *
 * @param start of the first
 */
export function splitFrames(bytes: Uint8Array, start: number, info: StreamInfo): Uint8Array[] {
  const frames: Uint8Array[] = [];
  const check = new FrameCheck(info);
  let at = start;
  while (at < bytes.length && !(isTail(bytes, at) && frames.length > 0)) {
    const header = readFrameHeader(bytes, at);
    const end = header && findEnd(bytes, at, header);
    if (!header || end === undefined) return whyNoFrame(bytes, at, { info, there: check.samples });
    check.add(header);
    frames.push(bytes.subarray(at, end));
    at = end;
  }
  check.end();
  return frames;
}

/** Where the checksum fits and another frame, or nothing, follows. */
function findEnd(bytes: Uint8Array, at: number, header: FrameHeader): number | undefined {
  // A frame has at least a byte for each channel and its checksum.
  const least = at + header.length + header.channelCount + 2;
  let crc = 0;
  let tail: number | undefined;
  for (let i = at; i < bytes.length; i++) {
    crc = crc16(crc, bytes[i]);
    const end = i + 1;
    if (crc !== 0 || end < least) continue;
    if (end === bytes.length || readFrameHeader(bytes, end)) return end;
    // A checksum that ends in zero fits a byte too early as well: the end of the file would have been better.
    if (isTail(bytes, end)) tail ??= end;
  }
  return tail;
}

function whyNoFrame(
  bytes: Uint8Array,
  at: number,
  { info, there }: { readonly info: StreamInfo; readonly there: number },
): never {
  for (let i = at + 1; i < bytes.length; i++) {
    if (readFrameHeader(bytes, i)) {
      return fail(
        `it is damaged after ${there} samples, at byte ${at}: a checksum does not fit. ${COPY_AGAIN}`,
      );
    }
  }
  return fail(info.samples > there ? cutOff(info.samples, there) : CUT_OFF);
}

function cutOff(declared: number, there: number): string {
  return `it is cut off or damaged: its header speaks of ${declared} samples, ${there} are whole. ${COPY_AGAIN}`;
}
