import { COPY_AGAIN, fail } from '../audio-error.js';
import { hasMark } from '../bits.js';
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
export function readPages(bytes: Uint8Array): Page[] {
  const pages: Page[] = [];
  let at = 0;
  while (at < bytes.length && !(at > 0 && isTail(bytes, at))) {
    const page = readPage(bytes, at);
    pages.push(page);
    at += page.bytes.length;
  }
  return pages;
}

function readPage(bytes: Uint8Array, at: number): Page {
  const left = bytes.length - at;
  const cutOff = () => fail(`it is cut off in a page at byte ${at}. ${COPY_AGAIN}`);
  if (!hasMark(bytes, at, 'OggS')) {
    return left < 4 ? cutOff() : fail(`it is damaged: no Ogg page is at byte ${at}. ${COPY_AGAIN}`);
  }
  if (left < HEADER_BYTES || left < HEADER_BYTES + bytes[at + 26]) return cutOff();
  const start = at + HEADER_BYTES + bytes[at + 26];
  const segments = bytes.subarray(at + HEADER_BYTES, start);
  const end = start + segments.reduce((sum, length) => sum + length, 0);
  if (end > bytes.length) return cutOff();
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER_BYTES);
  const whole = bytes.subarray(at, end);
  if (pageChecksum(whole) !== view.getUint32(22, true)) {
    return fail(
      `it is damaged: the checksum of the page at byte ${at} does not fit. ${COPY_AGAIN}`,
    );
  }
  const flags = bytes[at + 5];
  const granule = view.getBigInt64(6, true);
  return {
    bytes: whole,
    body: bytes.subarray(start, end),
    segments,
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

/** Puts segments together. @throws Problem where a packet has no beginning or no end */
export function readPackets(pages: readonly Page[]): Uint8Array[] {
  const packets: Uint8Array[] = [];
  let parts: Uint8Array[] = [];
  for (const { body, segments, continued } of pages) {
    if (continued !== parts.length > 0) {
      return fail(`it is damaged: a packet is not whole. ${COPY_AGAIN}`);
    }
    let start = 0;
    let end = 0;
    for (const length of segments) {
      end += length;
      if (length === 255) continue;
      packets.push(joined([...parts, body.subarray(start, end)]));
      parts = [];
      start = end;
    }
    if (end > start || segments[segments.length - 1] === 255) parts.push(body.subarray(start, end));
  }
  if (parts.length > 0) return fail(`it is cut off in the middle of a packet. ${COPY_AGAIN}`);
  return packets;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
