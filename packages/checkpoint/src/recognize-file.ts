/** A kind of file that people hand to the wrong reader. */
export type FileKind =
  | 'safetensors'
  | 'npy'
  | 'npz'
  | 'pytorch'
  | 'zip'
  | 'wav'
  | 'audio'
  | 'hdf5'
  | 'gzip'
  | 'json'
  | 'web page'
  | 'git lfs'
  | 'text'
  | 'empty';

/** What a file is, by its first bytes. */
export interface RecognizedFile {
  readonly kind: FileKind;
  /** With its article, to follow "is": `a PyTorch file (zip)`. */
  readonly description: string;
}

/** As many bytes as {@link recognizeFile} looks at, at a file's start. */
export const RECOGNIZED_BYTES = 512;

/** As many bytes as {@link recognizeFile} looks at, at a file's end, where a zip file lists its names. */
export const RECOGNIZED_TAIL_BYTES = 65_536;

/** What to do about a {@link RecognizedFile} of kind `pytorch`, to follow its description and a semicolon. */
export const PYTORCH_ADVICE =
  'turn it into safetensors, which hifigan convert does; ' +
  'from a program, readTorch of @hifigan/checkpoint reads it';

/**
 * What a file is, for errors that say more than what it is not.
 *
 * @param bytes the file, or its first {@link RECOGNIZED_BYTES}
 * @param tail its last {@link RECOGNIZED_TAIL_BYTES}, where `bytes` is not all of it
 * @returns undefined where they tell nothing
 */
export function recognizeFile(bytes: Uint8Array, tail = bytes): RecognizedFile | undefined {
  const head = bytes.subarray(0, RECOGNIZED_BYTES);
  const latin = Array.from(head, (byte) => String.fromCharCode(byte)).join('');
  const starts = (...marks: readonly string[]) => marks.some((mark) => latin.startsWith(mark));
  if (head.length === 0) return { kind: 'empty', description: 'empty' };
  // The length of the header, then a JSON object. First of all: the length may look like another's mark.
  if (latin[8] === '{' && latin.slice(4, 8) === '\0\0\0\0') {
    return { kind: 'safetensors', description: 'a safetensors file' };
  }
  if (starts('\x93NUMPY')) return { kind: 'npy', description: 'a NumPy array (.npy)' };
  if (starts('PK\x03\x04')) return zip(latin, tail);
  // Pickle, protocols 2 to 5: what PyTorch wrote before version 1.6.
  if (head[0] === 0x80 && head[1] >= 2 && head[1] <= 5) {
    return { kind: 'pytorch', description: 'a PyTorch file (pickle)' };
  }
  if (starts('RIFF', 'RF64', 'BW64') && latin.slice(8, 12) === 'WAVE') {
    return { kind: 'wav', description: 'a recording (WAV)' };
  }
  if (starts('fLaC', 'OggS', 'ID3', 'FORM')) {
    return { kind: 'audio', description: 'a recording (not WAV)' };
  }
  if (starts('\x1f\x8b')) {
    return { kind: 'gzip', description: 'packed with gzip (unpack it first: gunzip)' };
  }
  if (starts('\x89HDF')) return { kind: 'hdf5', description: 'an HDF5 file' };
  return text(head);
}

/** By the names of the files in it. */
function zip(latin: string, tail: Uint8Array): RecognizedFile {
  const first = latin.slice(30, 30 + latin.charCodeAt(26) + 256 * latin.charCodeAt(27));
  if (first.endsWith('.npy')) return { kind: 'npz', description: 'NumPy arrays (.npz)' };
  const isTorch = [first, ...namesInZip(tail)].some((name) => /(^|\/)data\.pkl$/.test(name));
  return isTorch
    ? { kind: 'pytorch', description: 'a PyTorch file (zip)' }
    : { kind: 'zip', description: 'a zip file that PyTorch did not write' };
}

/** As much of a name as tells what it is. */
const NAME_END = 64;

/** Ends of the names of the central directory, as far as it lies in the file's last bytes. */
function* namesInZip(bytes: Uint8Array): Generator<string> {
  const tail = bytes.subarray(-RECOGNIZED_TAIL_BYTES);
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  for (let at = 0; at + 46 <= tail.length; at++) {
    // PK\x01\x02, the mark of an entry.
    if (tail[at] !== 0x50 || view.getUint32(at, true) !== 0x02014b50) continue;
    const name = tail.subarray(at + 46, at + 46 + view.getUint16(at + 28, true));
    yield String.fromCharCode(...name.subarray(-NAME_END));
    // Entries follow each other; inside of a name there is none.
    at += 45 + name.length;
  }
}

function text(head: Uint8Array): RecognizedFile | undefined {
  if (head.some((byte) => byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13))
    return undefined;
  let words: string;
  try {
    // As a stream, because the last character may be cut.
    words = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true }).trimStart();
  } catch {
    return undefined;
  }
  if (/^<(!doctype|html)/i.test(words)) {
    return { kind: 'web page', description: 'a web page and not the file itself' };
  }
  if (words.startsWith('version https://git-lfs')) {
    return {
      kind: 'git lfs',
      description: 'a Git LFS pointer and not the file itself (git lfs pull)',
    };
  }
  if (/^[{[]/.test(words)) return { kind: 'json', description: 'JSON' };
  return { kind: 'text', description: 'text' };
}
