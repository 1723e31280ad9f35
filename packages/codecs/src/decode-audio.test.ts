import { resample } from '@hifigan/audio';
import { describe, expect, it, vi } from 'vitest';
import { decodeAudio } from './index.js';
import { pageChecksum } from './ogg/pages.js';
import { fixture, original, signalToNoise } from './testing.js';

const decode = (name: string) => decodeAudio(fixture(name), name);

const joined = (...parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

describe('decodeAudio without loss', () => {
  it.each([
    ['speech.wav', 'speech', 'wav', 'pcm16'],
    ['speech.flac', 'speech', 'flac', 'flac16'],
    ['speech.oga', 'speech', 'ogg-flac', 'flac16'],
    ['tone24.flac', 'tone24', 'flac', 'flac24'],
    ['tone8.flac', 'tone8', 'flac', 'flac8'],
  ])('%s, to the bit', async (name, wav, format, encoding) => {
    const { samplingRate, channels } = original(wav);
    expect(await decode(name)).toEqual({ samplingRate, channels, format, encoding });
  });

  it('a part of a larger buffer, and one with an ID3 tag before it and another behind', async () => {
    const whole = await decode('speech.flac');
    const larger = Buffer.concat([Buffer.from('abc'), fixture('speech.flac')]);
    expect(await decodeAudio(larger.subarray(3), 'x')).toEqual(whole);
    const tag = [...Buffer.from('ID3'), 4, 0, 0, 0, 0, 1, 2, ...new Array(130).fill(7)];
    const end = [...Buffer.from('TAG'), ...new Array(125).fill(32)];
    const tagged = joined(Uint8Array.from(tag), fixture('speech.flac'), Uint8Array.from(end));
    expect(await decodeAudio(tagged, 'x')).toEqual(whole);
  });
});

describe('decodeAudio with loss keeps length and place', () => {
  // Decibels: a little below what was seen; a sample's shift costs 10 and more.
  it.each([
    ['speech.mp3', 'speech', 'mp3', 23],
    ['tone24.mp3', 'tone24', 'mp3', 20],
    ['speech.ogg', 'speech', 'vorbis', 29],
    ['tone24.ogg', 'tone24', 'vorbis', 30],
    ['speech.opus', 'speech', 'opus', 26],
  ])('%s', async (name, wav, format, decibels) => {
    const expected = original(wav);
    const audio = await decode(name);
    const rate = format === 'opus' ? 48000 : expected.samplingRate;
    expect(audio).toMatchObject({ format, encoding: format, samplingRate: rate });
    expect(audio.channels).toHaveLength(expected.channels.length);
    for (const [index, channel] of audio.channels.entries()) {
      const signal = resample(expected.channels[index], expected.samplingRate, rate);
      expect(channel).toHaveLength(signal.length);
      const found = signalToNoise(channel, signal);
      console.log(`${name}: channel ${index} ${found.toFixed(1)} dB`);
      expect(found).toBeGreaterThan(decibels);
    }
  });

  it('an MP3 file that does not say what its encoder added: with that', async () => {
    const { channels } = await decode('bare.mp3');
    const [speech] = original('speech').channels;
    // 25 frames; LAME's delay and that of every decoder.
    expect(channels[0]).toHaveLength(25 * 576);
    expect(signalToNoise(channels[0].subarray(576 + 529), speech)).toBeGreaterThan(21);
  });
});

describe('decodeAudio of Ogg', () => {
  it('joins files that follow each other', async () => {
    for (const name of ['speech.ogg', 'speech.opus', 'speech.oga']) {
      const [once] = (await decode(name)).channels;
      const [twice] = (await decodeAudio(joined(fixture(name), fixture(name)), name)).channels;
      expect(twice.subarray(0, once.length)).toEqual(once);
      expect(twice.subarray(once.length)).toEqual(once);
    }
  });

  it('heeds the gain of Opus', async () => {
    const bytes = fixture('speech.opus');
    // 6 dB; then the checksum of the first page anew.
    bytes[28 + 16] = 0;
    bytes[28 + 17] = 6;
    new DataView(bytes.buffer).setUint32(22, pageChecksum(bytes.subarray(0, 28 + 19)), true);
    const [louder] = (await decodeAudio(bytes, 'x')).channels;
    const [plain] = (await decode('speech.opus')).channels;
    const expected = plain.map((value) => value * 10 ** (6 / 20));
    expect(signalToNoise(louder, expected)).toBeGreaterThan(120);
  });
});

describe('decodeAudio loads what it needs', () => {
  it('and no other decoder', async () => {
    vi.resetModules();
    const others = ['mpg123-decoder', 'opus-decoder', '@wasm-audio-decoders/ogg-vorbis'];
    for (const other of others) {
      vi.doMock(other, () => {
        throw new Error(`${other} is not wanted`);
      });
    }
    const { decodeAudio: fresh } = await import('./index.js');
    await fresh(fixture('speech.wav'), 'x');
    await fresh(fixture('speech.flac'), 'x');
    await fresh(fixture('speech.oga'), 'x');
    await expect(fresh(fixture('speech.mp3'), 'x')).rejects.toThrow();
    for (const other of others) vi.doUnmock(other);
    vi.resetModules();
  });
});
