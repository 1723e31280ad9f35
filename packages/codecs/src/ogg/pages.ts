import { COPY_AGAIN, fail } from '../audio-error.js';
import { hasMark } from '../bits.js';
import type { ByteWindow, Parsing } from '../byte-window.js';
import { joined } from '../joined.js';
import { isTail } from '../tags.js';

/** A page of an Ogg file (RFC 3533). */
export interface Page {
  /** All of it. */
  readonly bytes: Uint8Array;
  readonly body: Uint8Array;
  /** Lengths of its segments; one of 255 goes on in the next. */
  readonly segments: Uint8Array;
  readonly continued: boolean;
  readonly first: boolean;
  readonly last: boolean;
  /** Samples up to its end; undefined where no packet ends in it. */
  readonly granule: number | undefined;
  readonly serial: number;
  readonly sequence: number;
}

const HEADER_BYTES = 27;

// Polynomial 0x04c11db7, most significant bit first.
const CRC32 = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let i = 0; i < 8; i++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc >>> 0;
});

/** @throws Problem where a page is damaged or cut off */
export function* readPages(window: ByteWindow): Parsing<Page> {
  while (yield* window.hold(1)) {
    const at = window.position;
    yield* window.hold(HEADER_BYTES);
    if (at > 0 && !hasMark(window.bytes, 0, MARK) && (yield* isTail(window))) return;
    yield yield* readPage(window, at);
  }
}

const MARK = 'OggS';

function* readPage(window: ByteWindow, at: number): Parsing<never, Page> {
  const cutOff = () => fail(`it is cut off in a page at byte ${at}. ${COPY_AGAIN}`);
  if (!hasMark(window.bytes, 0, MARK)) {
    return window.length < MARK.length
      ? cutOff()
      : fail(`it is damaged: no Ogg page is at byte ${at}. ${COPY_AGAIN}`);
  }
  if (window.length < HEADER_BYTES) return cutOff();
  const start = HEADER_BYTES + window.bytes[HEADER_BYTES - 1];
  if (!(yield* window.hold(start))) return cutOff();
  const length = window.bytes.subarray(HEADER_BYTES, start).reduce((sum, one) => sum + one, 0);
  if (!(yield* window.hold(start + length))) return cutOff();
  const whole = window.bytes.slice(0, start + length);
  window.drop(whole.length);
  const view = new DataView(whole.buffer, 0, HEADER_BYTES);
  if (pageChecksum(whole) !== view.getUint32(22, true)) {
    return fail(
      `it is damaged: the checksum of the page at byte ${at} does not fit. ${COPY_AGAIN}`,
    );
  }
  const flags = whole[5];
  const granule = view.getBigInt64(6, true);
  return {
    bytes: whole,
    body: whole.subarray(start),
    segments: whole.subarray(HEADER_BYTES, start),
    continued: (flags & 1) !== 0,
    first: (flags & 2) !== 0,
    last: (flags & 4) !== 0,
    granule: granule === -1n ? undefined : Number(granule),
    serial: view.getUint32(14, true),
    sequence: view.getUint32(18, true),
  };
}

/** Of a page, its own checksum taken as zero. */
export function pageChecksum(page: Uint8Array): number {
  let crc = 0;
  for (let i = 0; i < page.length; i++) {
    const byte = i >= 22 && i < 26 ? 0 : page[i];
    crc = ((crc << 8) ^ CRC32[(crc >>> 24) ^ byte]) >>> 0;
  }
  return crc;
}

/** Puts segments together. */
export class PacketReader {
  #parts: Uint8Array[] = [];

  /** @returns the packets that end in it @throws Problem where one has no beginning */
  push({ body, segments, continued }: Page): Uint8Array[] {
    if (continued !== this.#parts.length > 0) {
      return fail(`it is damaged: a packet is not whole. ${COPY_AGAIN}`);
    }
    const packets: Uint8Array[] = [];
    let start = 0;
    let end = 0;
    for (const length of segments) {
      end += length;
      if (length === 255) continue;
      packets.push(joined([...this.#parts, body.subarray(start, end)]));
      this.#parts = [];
      start = end;
    }
    if (segments[segments.length - 1] === 255) this.#parts.push(body.subarray(start, end));
    return packets;
  }

  /** @throws Problem where a packet has no end */
  end(): void {
    if (this.#parts.length > 0) fail(`it is cut off in the middle of a packet. ${COPY_AGAIN}`);
  }
}
