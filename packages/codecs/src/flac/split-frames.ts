import { CONVERT, COPY_AGAIN, CUT_OFF, fail } from '../audio-error.js';
import type { ByteWindow, Parsing } from '../byte-window.js';
import { isTail, isTailMark, TAIL_MARK_BYTES } from '../tags.js';
import { crc16 } from './checksums.js';
import { FRAME_HEADER_BYTES, type FrameHeader, readFrameHeader } from './frame-header.js';
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

/** A frame, whole. */
export interface FlacFrame {
  readonly bytes: Uint8Array;
  /** Samples of each channel. */
  readonly samples: number;
}

/**
 * Finds the frames of a stream by their checksums, in one pass, so that nothing damaged is passed over in silence.
 *
 * @param window from the first on
 */
export function* splitFrames(window: ByteWindow, info: StreamInfo): Parsing<FlacFrame> {
  const check = new FrameCheck(info);
  for (let any = false; yield* window.hold(1); any = true) {
    const at = window.position;
    yield* window.hold(FRAME_HEADER_BYTES);
    const header = readFrameHeader(window.bytes, 0);
    if (!header && any && (yield* isTail(window))) break;
    const end = header && (yield* findEnd(window, header, info));
    if (!header || end === undefined) {
      return yield* whyNoFrame(window, at, { info, there: check.samples });
    }
    check.add(header);
    yield { bytes: window.bytes.slice(0, end), samples: header.samples };
    window.drop(end);
  }
  check.end();
}

/** Where the checksum fits and another frame, or nothing, follows. */
function* findEnd(
  window: ByteWindow,
  header: FrameHeader,
  info: StreamInfo,
): Parsing<never, number | undefined> {
  // A frame has at least a byte for each channel and its checksum.
  const least = header.length + header.channelCount + 2;
  const most = largestFrame(header, info);
  let crc = 0;
  let tail: number | undefined;
  /** Where the first of the zeros begin that follow a checksum that fits. */
  let zeros: number | undefined;
  let i = 0;
  for (; i < most && (yield* window.hold(i + 1)); ) {
    const { bytes } = window;
    const until = Math.min(bytes.length, most);
    while (i < until) {
      crc = crc16(crc, bytes[i++]);
      if (crc === 0 && i >= least) break;
      zeros = undefined;
    }
    if (crc !== 0 || i < least) continue;
    const more = yield* window.hold(i + 1);
    yield* window.hold(i + Math.max(FRAME_HEADER_BYTES, TAIL_MARK_BYTES));
    if (more && readFrameHeader(window.bytes, i)) return i;
    if (isTailMark(window.bytes, i)) tail ??= i;
    zeros ??= i;
  }
  // A checksum that ends in zero fits a byte too early as well.
  return zeros === undefined ? tail : Math.min(zeros + 1, i);
}

/** Twice the bytes of samples that are stored as they are, which encoders do where nothing else is shorter. */
function largestFrame({ samples, channelCount }: FrameHeader, { bits }: StreamInfo): number {
  return 4096 + 2 * channelCount * Math.ceil((samples * (bits + 1)) / 8);
}

function* whyNoFrame(
  window: ByteWindow,
  at: number,
  { info, there }: { readonly info: StreamInfo; readonly there: number },
): Parsing<never, never> {
  if (window.position === at) window.drop(1);
  while (yield* window.hold(1)) {
    yield* window.hold(FRAME_HEADER_BYTES);
    if (readFrameHeader(window.bytes, 0)) {
      return fail(
        `it is damaged after ${there} samples, at byte ${at}: a checksum does not fit. ${COPY_AGAIN}`,
      );
    }
    const next = window.bytes.indexOf(0xff, 1);
    window.drop(next < 0 ? window.length : next);
  }
  return fail(info.samples > there ? cutOff(info.samples, there) : CUT_OFF);
}

function cutOff(declared: number, there: number): string {
  return `it is cut off or damaged: its header speaks of ${declared} samples, ${there} are whole. ${COPY_AGAIN}`;
}
