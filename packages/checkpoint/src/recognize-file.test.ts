import { describe, expect, it } from 'vitest';
import {
  PYTORCH_ADVICE,
  readNpy,
  readSafetensors,
  recognizeFile,
  writeNpy,
  writeSafetensors,
} from './index.js';

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const zip = (first: string) =>
  bytes(`PK\x03\x04${'\0'.repeat(22)}${String.fromCharCode(first.length)}\0\0\0${first}\0\0\0`);
/** With a central directory. */
const listed = (first: string, second: string) =>
  Uint8Array.of(
    ...zip(first),
    ...bytes(
      `PK\x01\x02${'\0'.repeat(24)}${String.fromCharCode(second.length)}${'\0'.repeat(17)}${second}`,
    ),
  );
const array = { shape: [2, 3], data: new Float32Array(6) };

const files: [string, Uint8Array, string | undefined][] = [
  ['npy', writeNpy(array), 'a NumPy array (.npy)'],
  ['safetensors', writeSafetensors(new Map([['a', array]])), 'a safetensors file'],
  ['torch zip', zip('archive/data.pkl'), 'a PyTorch file (zip)'],
  ['torch pickle', bytes('\x80\x02\x8a\x0al\xfc\x9c'), 'a PyTorch file (pickle)'],
  ['npz', zip('arr_0.npy'), 'NumPy arrays (.npz)'],
  ['another zip', zip('word/document.xml'), 'a zip file that PyTorch did not write'],
  ['torch zip with other files first', listed('g/version', 'g/data.pkl'), 'a PyTorch file (zip)'],
  ['zip of data', listed('a.txt', 'metadata.pkl'), 'a zip file that PyTorch did not write'],
  ['wav', bytes('RIFF\0\0\0\0WAVEfmt '), 'a recording (WAV)'],
  ['flac', bytes('fLaC\0\0\0\x22'), 'a recording (not WAV)'],
  ['gzip', bytes('\x1f\x8b\x08\0'), 'packed with gzip (unpack it first: gunzip)'],
  ['hdf5', bytes('\x89HDF\r\n\x1a\n'), 'an HDF5 file'],
  ['json', bytes('\n{ "resblock": "1" }'), 'JSON'],
  ['a web page', bytes('<!DOCTYPE html><title>404'), 'a web page and not the file itself'],
  [
    'git lfs',
    bytes('version https://git-lfs.github.com/spec/v1\noid sha256:1'),
    'a Git LFS pointer and not the file itself (git lfs pull)',
  ],
  ['text', new TextEncoder().encode('these are wörds'), 'text'],
  ['nothing', new Uint8Array(), 'empty'],
  ['noise', Uint8Array.of(7, 200, 3, 99), undefined],
];

describe('recognizeFile', () => {
  it.each(files)('%s', (_, file, expected) => {
    expect(recognizeFile(file)?.description).toBe(expected);
  });

  it('takes no length of a safetensors header for the mark of a pickle', () => {
    const file = writeSafetensors(new Map([['a', array]]), { text: 'x'.repeat(550) });
    expect([...file.subarray(0, 3)]).toEqual([0x80, 2, 0]);
    expect(recognizeFile(file)?.kind).toBe('safetensors');
    expect(readSafetensors(file).arrays.size).toBe(1);
  });
});

describe('readers say what a foreign file is', () => {
  const foreign = files.filter(([name]) => !['npy', 'safetensors', 'noise'].includes(name));
  it.each(foreign)('%s', (_, file, expected) => {
    expect(() => readSafetensors(file, 'x')).toThrow(
      `x: not a readable safetensors file: it is ${expected}`,
    );
    expect(() => readNpy(file, 'x')).toThrow(`x: not a readable .npy file: it is ${expected}`);
  });

  it('with the cure for PyTorch', () => {
    expect(() => readSafetensors(zip('g/data.pkl'), 'x')).toThrow(
      `x: not a readable safetensors file: it is a PyTorch file (zip); ${PYTORCH_ADVICE}`,
    );
    expect(() => readSafetensors(zip('a.txt'), 'x')).toThrow(
      /write\. Name the file of the weights$/,
    );
  });

  it('by the end of a large file', () => {
    const file = listed('g/version', 'g/data.pkl');
    expect(recognizeFile(file.subarray(0, 42), file.subarray(42))?.kind).toBe('pytorch');
    expect(recognizeFile(file.subarray(0, 42))?.kind).toBe('zip');
  });
});
