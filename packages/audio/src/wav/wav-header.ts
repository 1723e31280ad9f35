import {
  bytesPerSample,
  SUBFORMAT_TAIL,
  TAG_EXTENSIBLE,
  TAG_FLOAT,
  TAG_PCM,
  WavError,
  type WavFormat,
  wavFormats,
} from './wav-format.js';

/** What a WAV file says of itself before its samples. */
export interface WavHeader {
  readonly format: WavFormat;
  /** Hz. */
  readonly samplingRate: number;
  readonly channelCount: number;
  /** Samples of each channel; Infinity of a pipe whose writer did not know. */
  readonly frames: number;
}

export interface ReadWavHeaderOptions {
  /** Size of the whole file. */
  readonly fileBytes: number;
  /** What to call it in errors (a path or URL). */
  readonly where?: string;
}

/**
 * Reads the header of a WAV file from its first bytes, of which 100 usually suffice, with the checks of `readWav` but
 * for those of samples.
 *
 * @param head the first bytes of the file, or all
 * @returns undefined where more of the file must be known; never so where all is given
 * @throws WavError where the file is no WAV file, is cut off, or is compressed
 */
export function readWavHeader(
  head: Uint8Array,
  { fileBytes, where = 'wav' }: ReadWavHeaderOptions,
): WavHeader | undefined {
  const fail: Fail = (problem, advice) => {
    throw new WavError(where, problem, advice);
  };
  const data = findData(head, fileBytes, fail);
  if (data === undefined) return undefined;
  checkWhole(data, fail);
  return headerOf(data);
}

/** What a file says of itself, of where its samples lie. */
export function headerOf({ header, declared, left }: DataPlace): WavHeader {
  const { format, samplingRate, channelCount, frameBytes } = header;
  const frames = Math.floor(Math.min(declared, left) / frameBytes);
  return { format, samplingRate, channelCount, frames };
}

/** Throws a WavError; `advice` is for programmers. */
export type Fail = (problem: string, advice?: string) => never;

export interface Header {
  readonly format: WavFormat;
  readonly samplingRate: number;
  readonly channelCount: number;
  readonly frameBytes: number;
}

/** Where a file's samples lie. */
export interface DataPlace {
  readonly header: Header;
  readonly start: number;
  /** Bytes of samples that the header speaks of, and bytes that are there. */
  readonly declared: number;
  readonly left: number;
}

/**
 * Walks to the samples.
 *
 * @param bytes the first of the file
 * @param total bytes of the file; Infinity of a pipe that has not ended
 * @returns undefined where they lie beyond `bytes`
 */
export function findData(bytes: Uint8Array, total: number, fail: Fail): DataPlace | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = fourCharacters(bytes, 0);
  if (!['RIFF', 'RF64', 'BW64'].includes(magic) || fourCharacters(bytes, 8) !== 'WAVE') {
    return fail(`it is no WAV file (${looksLike(bytes, magic)}). ${CONVERT}`);
  }
  let header: Header | undefined;
  let wideDataSize: number | undefined;
  let at = 12;
  while (at + 8 <= bytes.length) {
    const name = fourCharacters(bytes, at);
    const start = at + 8;
    const size = view.getUint32(at + 4, true);
    const left = total - start;
    if (name === 'data') {
      if (!header)
        return fail(`its data comes before its format, so it cannot be read. ${CONVERT}`);
      // Whether chunks follow, only the whole file tells; of a pipe, it is samples that do.
      if (size === 0 && bytes.length < total && total !== Number.POSITIVE_INFINITY)
        return undefined;
      const wide = magic !== 'RIFF' && size === UNKNOWN ? wideDataSize : undefined;
      const declared = wide ?? (isStreaming(bytes, start, size, left) ? left : size);
      return { header, start, declared, left };
    }
    if (name === 'fmt ') {
      if (size > left) return fail(`it is cut off in its format. Copy it again`);
      if (start + size > bytes.length) return undefined;
      header = readHeader(new DataView(view.buffer, view.byteOffset + start, size), fail);
    }
    if (name === 'ds64' && size >= 16 && left >= 16) {
      if (start + 16 > bytes.length) return undefined;
      wideDataSize = Number(view.getBigUint64(start + 8, true));
    }
    at = start + size + (size % 2);
  }
  if (at + 8 <= total) return undefined;
  return fail(
    header
      ? `it has no data: its ${total} bytes end before the samples begin. Copy or convert it again`
      : `it has neither format nor data in its ${total} bytes. Copy or convert it again`,
  );
}

/** @throws WavError where fewer samples are there than the header speaks of */
export function checkWhole({ header, declared, left }: DataPlace, fail: Fail): void {
  if (declared <= left) return;
  const samples = (bytes: number) => Math.floor(bytes / header.frameBytes);
  fail(
    `it is cut off: its header speaks of ${samples(declared)} samples, ${samples(left)} are there. Copy it again`,
    `, or keep what there is (readWav's option truncated: 'keep')`,
  );
}

const UNKNOWN = 0xffffffff;
const CONVERT = 'Convert it, for example with: ffmpeg -i IN -c:a pcm_s16le OUT.wav';

function readHeader(view: DataView, fail: Fail): Header {
  if (view.byteLength < 16) {
    return fail(`its format has ${view.byteLength} bytes where 16 are the least. ${CONVERT}`);
  }
  let tag = view.getUint16(0, true);
  const channelCount = view.getUint16(2, true);
  const samplingRate = view.getUint32(4, true);
  const frameBytes = view.getUint16(12, true);
  const bits = view.getUint16(14, true);
  if (tag === TAG_EXTENSIBLE) {
    if (view.byteLength < 40) {
      return fail(
        `its extensible format has ${view.byteLength} bytes where 40 are the least. ${CONVERT}`,
      );
    }
    const known = SUBFORMAT_TAIL.every((byte, i) => view.getUint8(26 + i) === byte);
    tag = known ? view.getUint16(24, true) : -1;
  }
  if (channelCount === 0) return fail(`it has 0 channels. ${CONVERT}`);
  if (samplingRate === 0) return fail(`its sampling rate is 0 Hz. ${CONVERT}`);
  // Fewer bits than the bytes hold are left-justified, so that the bytes alone set the scale.
  const stored = Math.ceil(bits / 8) * 8;
  const format = `${tag === TAG_FLOAT ? 'float' : 'pcm'}${stored}` as WavFormat;
  if ((tag !== TAG_PCM && tag !== TAG_FLOAT) || !wavFormats.includes(format)) {
    return fail(
      `its samples are ${ENCODINGS[tag] ?? `of format ${tag}`} with ${bits} bits; PCM of 8, 16, 24 and 32 and floats of 32 and 64 bits can be read. ${CONVERT}`,
    );
  }
  if (frameBytes !== channelCount * bytesPerSample(format)) {
    return fail(
      `its header contradicts itself: ${channelCount} channels of ${bits} bits do not fill ${frameBytes} bytes. ${CONVERT}`,
    );
  }
  return { format, samplingRate, channelCount, frameBytes };
}

const ENCODINGS: Record<number, string | undefined> = {
  [TAG_PCM]: 'PCM',
  [TAG_FLOAT]: 'floats',
  2: 'compressed (Microsoft ADPCM)',
  6: 'compressed (A-law)',
  7: 'compressed (µ-law)',
  17: 'compressed (IMA ADPCM)',
  80: 'compressed (MPEG)',
  85: 'compressed (MP3)',
};

// A size of 0 is what a pipe's writer leaves behind, unless whole chunks fill the rest: then there is no sound.
function isStreaming(bytes: Uint8Array, start: number, size: number, left: number): boolean {
  if (left === Number.POSITIVE_INFINITY) return size === 0 || size >= 0x7ffff000;
  if (size >= 0x7ffff000) return size > left;
  return size === 0 && left > 0 && !isRunOfChunks(bytes, start);
}

function isRunOfChunks(bytes: Uint8Array, start: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = start;
  while (at + 8 <= bytes.length && /^[\x20-\x7e]{4}$/.test(fourCharacters(bytes, at))) {
    const size = view.getUint32(at + 4, true);
    at += 8 + size + (size % 2);
  }
  // The last chunk's padding may be missing.
  return at === bytes.length || at === bytes.length + 1;
}

function fourCharacters(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

function looksLike(bytes: Uint8Array, magic: string): string {
  if (bytes.length === 0) return 'it is empty';
  if (bytes.length < 12) return `it has only ${bytes.length} bytes`;
  if (magic === 'fLaC') return 'it looks like FLAC';
  if (magic === 'OggS') return 'it looks like Ogg';
  if (magic === 'FORM') return 'it looks like AIFF';
  if (magic === 'RIFX') return 'it looks like a big-endian RIFX file';
  if (magic.startsWith('ID3') || (bytes[0] === 0xff && (bytes[1] & 0xe0) === 0xe0)) {
    return 'it looks like MP3';
  }
  if (isText(bytes.subarray(0, 200))) return 'it looks like text';
  return 'it does not begin with RIFF and WAVE';
}

/** Bytes of words in any language: no control characters but tabs and line ends, and none that UTF-8 never has. */
function isText(bytes: Uint8Array): boolean {
  const isControl = (byte: number) => byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13;
  return !bytes.some((byte) => isControl(byte) || byte >= 0xf8);
}
