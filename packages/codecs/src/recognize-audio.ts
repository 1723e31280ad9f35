import { CONVERT, COPY_AGAIN, fail } from './audio-error.js';
import { type AudioFormat, FORMAT_NAMES } from './audio-format.js';
import { hasMark } from './bits.js';
import { readFrameHeader } from './mp3/frame-header.js';
import { oggFormatOf } from './ogg/links.js';
import { skipId3 } from './tags.js';

/**
 * What a recording is stored as, by its bytes and never by its name.
 *
 * @param bytes the file, or its first: a hundred suffice but for MP3 files that begin with pictures, which count as MP3
 * @returns undefined where it is none that can be read
 */
export function recognizeAudio(bytes: Uint8Array): AudioFormat | undefined {
  if (
    ['RIFF', 'RF64', 'BW64'].some((mark) => hasMark(bytes, 0, mark)) &&
    hasMark(bytes, 8, 'WAVE')
  ) {
    return 'wav';
  }
  if (hasMark(bytes, 0, 'OggS')) return oggFormatOf(bytes.subarray(27 + (bytes[26] ?? 0)));
  const start = skipId3(bytes);
  if (hasMark(bytes, start, 'fLaC')) return 'flac';
  if (start > 0) return looksLikeMp3(bytes, start) ? 'mp3' : undefined;
  const header = readFrameHeader(bytes, 0);
  if (!header) return undefined;
  // Two bytes alone look like a frame now and then; a second frame makes it one.
  const next = readFrameHeader(bytes, header.length);
  return next || bytes.length <= header.length + 3 ? 'mp3' : undefined;
}

/** Behind a tag: a frame, zeros that some leave, or what is not there. */
function looksLikeMp3(bytes: Uint8Array, start: number): boolean {
  return start >= bytes.length || bytes[start] === 0 || readFrameHeader(bytes, start) !== undefined;
}

/** Says what the bytes look like, and what can be read. */
export function refuseUnknown(bytes: Uint8Array): never {
  if (bytes.length === 0) return fail(`it is empty. ${COPY_AGAIN}`);
  const names = Object.values(FORMAT_NAMES);
  const known = `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
  return fail(
    `it is no recording that can be read (${looksLike(bytes)}); ${known} can. ${CONVERT}`,
  );
}

function looksLike(bytes: Uint8Array): string {
  for (const [at, mark, name] of MARKS) {
    if (hasMark(bytes, at, mark)) return `it looks like ${name}`;
  }
  if (bytes[0] === 0xff && (bytes[1] & 0xf6) === 0xf0) return 'it looks like AAC';
  if (bytes[0] === 0xff && (bytes[1] & 0xe6) === 0xe4) return 'it looks like MPEG layer II';
  if (bytes.length < 12) return `it has only ${bytes.length} bytes`;
  if (isText(bytes.subarray(0, 200))) return 'it looks like text';
  return 'it begins like none';
}

/** At which byte, which characters, what. */
const MARKS: readonly (readonly [number, string, string])[] = [
  [0, 'FORM', 'AIFF'],
  [0, 'RIFX', 'a big-endian RIFX file'],
  [0, 'RIFF', 'a RIFF file without sound'],
  [4, 'ftyp', 'MP4 or M4A'],
  [0, 'OggS', 'Ogg with something else in it'],
  [0, '0&\xb2u', 'WMA'],
  [0, '\x1aE\xdf\xa3', 'Matroska or WebM'],
  [0, '#!AMR', 'AMR'],
  [0, '.snd', 'AU'],
  [0, 'caff', 'CAF'],
  [0, 'MAC ', "Monkey's Audio"],
  [0, 'wvpk', 'WavPack'],
  [0, 'ID3', 'something else behind an ID3 tag'],
];

/** Bytes of words in any language: no control characters but tabs and line ends, and none that UTF-8 never has. */
function isText(bytes: Uint8Array): boolean {
  const isControl = (byte: number) => byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13;
  return !bytes.some((byte) => isControl(byte) || byte >= 0xf8);
}
