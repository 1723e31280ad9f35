import { describe, expect, it } from 'vitest';
import { AudioError, decodeAudio, readAudioHeader, recognizeAudio } from './index.js';
import { fixture } from './testing.js';

const FILES = [
  ...['speech.wav', 'speech.flac', 'speech.oga', 'speech.mp3', 'speech.ogg', 'speech.opus'],
  ...['bare.mp3', 'tone8.flac', 'tone24.flac', 'tone24.mp3', 'tone24.ogg', 'tone24.wav'],
];

describe('readAudioHeader', () => {
  it.each(FILES)('%s: says before decoding what comes of it', async (name) => {
    const bytes = fixture(name);
    const { samplingRate, channels, format, encoding } = await decodeAudio(bytes, name);
    const expected = {
      ...{ samplingRate, format, encoding },
      channelCount: channels.length,
      frames: channels[0].length,
    };
    const options = { fileBytes: bytes.length, where: name };
    expect(readAudioHeader(bytes, options)).toEqual(expected);
    const head = readAudioHeader(bytes.subarray(0, 256), options);
    if (name.endsWith('.wav') || name.endsWith('.flac')) expect(head).toEqual(expected);
    else expect(head).toBeUndefined();
    expect(recognizeAudio(bytes.subarray(0, 256))).toBe(format);
  });

  it('counts the samples of FLAC that was written to a pipe', () => {
    const bytes = fixture('speech.flac');
    // The 36 bits of their number: half of byte 13 in STREAMINFO and four more.
    bytes[8 + 13] &= 0xf0;
    bytes.fill(0, 8 + 14, 8 + 18);
    const options = { fileBytes: bytes.length };
    expect(readAudioHeader(bytes.subarray(0, 256), options)).toBeUndefined();
    expect(readAudioHeader(bytes, options)).toMatchObject({ frames: 12800 });
  });

  it('refuses what is none, and what is cut off', () => {
    const header = (bytes: Uint8Array) =>
      readAudioHeader(bytes, { fileBytes: bytes.length, where: 'a' });
    expect(() => header(new Uint8Array())).toThrow(AudioError);
    expect(() => header(new Uint8Array())).toThrow(/^a: it is empty\. Copy it again/);
    for (const name of FILES) {
      const cut = fixture(name).subarray(0, 40);
      expect(() => header(cut), name).toThrow(/^a: it /);
    }
  });
});
