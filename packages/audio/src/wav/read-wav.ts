import { decodeSamples } from './decode-samples.js';
import {
  bytesPerSample,
  SUBFORMAT_TAIL,
  TAG_EXTENSIBLE,
  TAG_FLOAT,
  TAG_PCM,
  type WavAudio,
  WavError,
  type WavFormat,
  wavFormats,
} from './wav-format.js';

export interface ReadWavOptions {
  /** What to do with a file that ends before its data does: refuse it (the default), or keep the whole samples that are there. */
  readonly truncated?: 'refuse' | 'keep';
}

/**
 * Reads a WAV file: PCM of 8, 16, 24 and 32 bits, floats of 32 and 64, plain or extensible headers, RF64, any
 * number of channels, chunks of any other kind, odd lengths with or without their padding. Sizes that a writer
 * to a pipe could not know (0, 0xFFFFFFFF and others from 0x7FFFF000 up) mean "to the end of the file".
 *
 * @param bytes the whole file
 * @param where what to call it in errors (a path or URL)
 * @returns samples in [−1, 1), floats as stored. Never allocates by a size that only the header claims.
 * @throws WavError where the bytes are no WAV file, are cut off, are compressed, or hold NaN or infinity
 */
export function readWav(
  bytes: Uint8Array,
  where = 'wav',
  { truncated = 'refuse' }: ReadWavOptions = {},
): WavAudio {
  const fail = (problem: string): never => {
    throw new WavError(`${where}: ${problem}`);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = fourCharacters(bytes, 0);
  if (!['RIFF', 'RF64', 'BW64'].includes(magic) || fourCharacters(bytes, 8) !== 'WAVE') {
    return fail(`it is no WAV file (${looksLike(bytes, magic)}). ${CONVERT}`);
  }
  let header: Header | undefined;
  let wideDataSize: number | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = fourCharacters(bytes, at);
    const start = at + 8;
    const size = view.getUint32(at + 4, true);
    const left = bytes.length - start;
    if (name === 'data') {
      if (!header)
        return fail(`its data comes before its format, so nobody can read it. ${CONVERT}`);
      const wide = magic !== 'RIFF' && size === UNKNOWN ? wideDataSize : undefined;
      const declared = wide ?? (isStreaming(bytes, start, size) ? left : size);
      if (declared > left && truncated === 'refuse') {
        const { frameBytes } = header;
        return fail(
          `it is cut off: its header speaks of ${Math.floor(declared / frameBytes)} samples, ${Math.floor(left / frameBytes)} are there. Copy it again, or keep what there is (readWav's option truncated: 'keep')`,
        );
      }
      return decode(view, start, Math.min(declared, left), header, fail);
    }
    if (name === 'fmt ') {
      if (size > left) return fail(`it is cut off in its format. Copy it again`);
      header = readHeader(new DataView(view.buffer, view.byteOffset + start, size), fail);
    }
    if (name === 'ds64' && size >= 16 && left >= 16) {
      wideDataSize = Number(view.getBigUint64(start + 8, true));
    }
    at = start + size + (size % 2);
  }
  return fail(
    header
      ? `it has no data: its ${bytes.length} bytes end before the samples begin. Copy or convert it again`
      : `it has neither format nor data in its ${bytes.length} bytes. Copy or convert it again`,
  );
}

type Fail = (problem: string) => never;

interface Header {
  readonly format: WavFormat;
  readonly samplingRate: number;
  readonly channelCount: number;
  readonly frameBytes: number;
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

function decode(
  view: DataView,
  start: number,
  length: number,
  header: Header,
  fail: Fail,
): WavAudio {
  const { format, samplingRate, channelCount, frameBytes } = header;
  const frames = Math.floor(length / frameBytes);
  const samples = new DataView(view.buffer, view.byteOffset + start, frames * frameBytes);
  const channels = decodeSamples(samples, format, channelCount, frames);
  if (format.startsWith('float')) {
    for (const [index, channel] of channels.entries()) {
      const at = channel.findIndex((value) => !Number.isFinite(value));
      if (at >= 0) {
        return fail(
          `sample ${at} of channel ${index} is ${channel[at]}, not a finite number. Repair the recording or leave it out`,
        );
      }
    }
  }
  return { samplingRate, channels, format };
}

// A size of 0 is what a pipe's writer leaves behind, unless whole chunks fill the rest: then there is no sound.
function isStreaming(bytes: Uint8Array, start: number, size: number): boolean {
  const left = bytes.length - start;
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
  return 'it does not begin with RIFF and WAVE';
}
