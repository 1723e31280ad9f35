import { generatorOf } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { AudioError, type DecodedAudio, decodeAudio } from './index.js';
import { pageChecksum } from './ogg/pages.js';
import { fixture, RECORDINGS } from './testing.js';

const message = (bytes: Uint8Array) =>
  decodeAudio(bytes, 'a').then(
    () => '',
    (error: Error) => {
      if (!(error instanceof AudioError)) throw error;
      expect(error.message).toBe(`a: ${error.problem}`);
      return error.message;
    },
  );

const joined = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, 'latin1'));

describe('decodeAudio refuses', () => {
  it.each([
    ['a few bytes', '\x01\x02', 'it has only 2 bytes'],
    ['text', 'these are only words', 'it looks like text'],
    ['noise', '\x07\xc8\x03\x63'.repeat(9), 'it begins like none'],
    ['MP4', `\0\0\0\x20ftypM4A ${'\0'.repeat(20)}`, 'it looks like MP4 or M4A'],
    ['AIFF', `FORM${'\0'.repeat(20)}`, 'it looks like AIFF'],
    ['AAC', `\xff\xf1\x50\x80${'\0'.repeat(20)}`, 'it looks like AAC'],
    ['layer II', `\xff\xfd\x90\x00${'\0'.repeat(20)}`, 'it looks like MPEG layer II'],
    ['a tag alone', `ID3\x04\0\0\0\0\0\x02zz${'words '.repeat(4)}`, 'something else behind an ID3'],
  ])('%s, and names what it reads', async (_, text, expected) => {
    const told = await message(bytesOf(text));
    expect(told).toContain(expected);
    expect(told).toContain('WAV, FLAC, MP3, Ogg Vorbis, Ogg Opus and Ogg FLAC can');
    expect(told).toContain('ffmpeg -i IN');
  });

  it('nothing', async () => {
    expect(await message(new Uint8Array())).toBe('a: it is empty. Copy it again');
  });

  it('files whose rate or channels change', async () => {
    const speech = (end: string) => fixture(`speech.${end}`);
    const tone = fixture('tone24.mp3');
    expect(await message(joined(speech('mp3'), tone.subarray(10 + tone[9])))).toMatch(
      /its sampling rate changes from 16000 to 44100 at byte 6156; only one can be/,
    );
    for (const [first, second] of [
      ['speech', 'tone24'],
      ['speech', 'speech'],
      ['bare', 'bare'],
    ]) {
      const both = joined(fixture(`${first}.mp3`), fixture(`${second}.mp3`));
      expect(await message(both)).toMatch(/several MP3 files were joined to this one/);
    }
    expect(await message(joined(speech('ogg'), fixture('tone24.ogg')))).toMatch(
      /it changes from 1 channels at 16000 Hz to 2 at 44100 Hz/,
    );
    expect(await message(joined(speech('ogg'), speech('opus')))).toMatch(/from vorbis to opus/);
    const frames = fixture('tone24.flac').subarray(8 + 34 + 44);
    expect(await message(joined(speech('flac'), frames))).toMatch(
      /it is damaged|changes from 16000 to 44100/,
    );
  });

  it('FLAC whose samples are not those of its MD5', async () => {
    const bytes = fixture('speech.flac');
    bytes[8 + 20] ^= 1;
    expect(await message(bytes)).toMatch(
      /its samples are not those that were encoded, as their MD5/,
    );
    // Where there is none, nothing can be told.
    bytes.fill(0, 8 + 18, 8 + 34);
    expect(await message(bytes)).toBe('');
  });

  it('FLAC of bits that the decoder does not scale', async () => {
    const bytes = fixture('speech.flac');
    // 20 bits, less one: the lowest bit of byte 12 and the upper four of 13 in STREAMINFO.
    bytes[8 + 12] |= 1;
    bytes[8 + 13] = 0x30 | (bytes[8 + 13] & 15);
    expect(await message(bytes)).toContain(
      'its samples have 20 bits; 8, 16, 24 and 32 can be read',
    );
  });
});

describe('a file that is cut off is refused', () => {
  it.each(RECORDINGS)('%s', async (name) => {
    const whole = fixture(name);
    // Without the frame that tells the length, a cut between two frames cannot be seen.
    const between = name === 'bare.mp3' ? 288 : undefined;
    const start = 10 + whole[9];
    const lengths = Array.from({ length: 60 }, (_, i) => Math.floor((i * whole.length) / 60));
    for (const length of [...lengths, whole.length - 1, whole.length - 2]) {
      if (between && (length - start) % between === 0) continue;
      expect(await message(whole.subarray(0, length)), `${length} bytes`).toMatch(/^a: it /);
    }
  });

  it('and says how much is there', async () => {
    expect(await message(fixture('speech.flac').subarray(0, 9000))).toMatch(
      /it is cut off or damaged: its header speaks of 12800 samples, \d+ are whole\. Copy it again/,
    );
    expect(await message(fixture('speech.mp3').subarray(0, 3000))).toMatch(
      /it is cut off: its first frame speaks of 25 frames, \d+ are there/,
    );
    expect(await message(fixture('speech.opus').subarray(0, 3000))).toMatch(/cut off in a page/);
  });
});

/** Of all pages of an Ogg file, as far as they can be followed. */
function checksumAnew(bytes: Uint8Array): void {
  for (let at = 0; at + 27 <= bytes.length; ) {
    const table = bytes.subarray(at + 27, at + 27 + bytes[at + 26]);
    const page = bytes.subarray(at, at + 27 + table.length + table.reduce((a, b) => a + b, 0));
    if (page.length < 27) return;
    new DataView(page.buffer, page.byteOffset).setUint32(22, pageChecksum(page), true);
    at += page.length;
  }
}

describe('a damaged file', () => {
  const random = generatorOf(7);
  const damaged = (whole: Uint8Array, changes: number) => {
    const bytes = whole.slice();
    for (let i = 0; i < changes; i++) {
      bytes[Math.floor(random() * bytes.length)] ^= 1 << Math.floor(random() * 8);
    }
    return bytes;
  };
  const outcome = (bytes: Uint8Array): Promise<DecodedAudio | AudioError> =>
    decodeAudio(bytes, 'a').catch((error: Error) => {
      if (error instanceof AudioError) return error;
      throw error;
    });

  it.each(RECORDINGS)('%s gives finite samples or an error, never anything else', async (name) => {
    const whole = fixture(name);
    let refused = 0;
    for (let i = 0; i < 80; i++) {
      const result = await outcome(damaged(whole, 1 + (i % 8)));
      if (result instanceof AudioError) refused++;
      else for (const channel of result.channels) expect(channel.every(Number.isFinite)).toBe(true);
    }
    console.log(`${name}: ${refused} of 80 refused`);
  });

  it.each(['speech.flac', 'speech.oga', 'speech.ogg', 'speech.opus'])(
    '%s, which has checksums, never gives other sound',
    async (name) => {
      const whole = fixture(name);
      const { channels } = await decodeAudio(whole, 'a');
      for (let i = 0; i < 80; i++) {
        const result = await outcome(damaged(whole, 1));
        if (!(result instanceof AudioError)) expect(result.channels).toEqual(channels);
      }
    },
  );

  it.each(['speech.ogg', 'speech.opus', 'speech.oga'])(
    '%s with its checksums made right again: the decoder itself must bear it',
    async (name) => {
      for (let i = 0; i < 80; i++) {
        const bytes = damaged(fixture(name), 1 + (i % 4));
        checksumAnew(bytes);
        const result = await outcome(bytes);
        if (result instanceof AudioError) continue;
        for (const channel of result.channels) expect(channel.every(Number.isFinite)).toBe(true);
      }
    },
  );

  it('never writes on the console', async () => {
    const said: unknown[] = [];
    const { error } = console;
    console.error = (...words: unknown[]) => void said.push(words);
    try {
      for (const name of ['speech.mp3', 'bare.mp3', 'tone24.mp3']) {
        for (let i = 0; i < 25; i++) await outcome(damaged(fixture(name), 10));
      }
    } finally {
      console.error = error;
    }
    expect(said).toEqual([]);
  });
});
