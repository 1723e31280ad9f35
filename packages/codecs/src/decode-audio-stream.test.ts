import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { mulberry32 } from '@hifigan/audio';
import { FLACDecoder } from '@wasm-audio-decoders/flac';
import { OggVorbisDecoder } from '@wasm-audio-decoders/ogg-vorbis';
import { MPEGDecoder } from 'mpg123-decoder';
import { describe, expect, it, vi } from 'vitest';
import { createFlacEncoder } from './flac/create-flac-encoder.js';
import { readFrameHeader } from './flac/frame-header.js';
import { type AudioStreamOptions, decodeAudio, decodeAudioStream } from './index.js';
import { skipId3 } from './tags.js';
import { fixture, RECORDINGS } from './testing.js';

/** Pieces of so many bytes, in memory that is used anew. */
async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const memory = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const piece = memory.subarray(0, Math.min(size, bytes.length - at));
    piece.set(bytes.subarray(at, at + size));
    yield piece;
    memory.fill(0xaa);
  }
}

/** All that comes, and what it ended with. */
async function streamed(bytes: Uint8Array, size: number, options?: AudioStreamOptions) {
  const parts: Float32Array[][] = [];
  let error: Error | undefined;
  let about: object | undefined;
  try {
    const { pieces, ...rest } = await decodeAudioStream(cut(bytes, size), options);
    about = rest;
    for await (const piece of pieces) parts.push(piece);
  } catch (reason) {
    error = reason as Error;
  }
  const channels = (parts[0] ?? []).map(
    (_, index) => new Float32Array(parts.flatMap((part) => [...part[index]])),
  );
  return { about, channels, error, pieces: parts.length };
}

const SIZES = [1, 7, 1000, 1 << 20];

describe('decodeAudioStream', () => {
  it.each(RECORDINGS)('%s, from Node’s buffers, which share memory with others', async (name) => {
    const bytes = fixture(name);
    const shared = Buffer.concat([Buffer.alloc(13), bytes]).subarray(13);
    expect(await decodeAudio(shared, name)).toEqual(await decodeAudio(new Uint8Array(bytes), name));
  });

  it.each(RECORDINGS)('%s, to the bit what the whole is, cut anywhere', async (name) => {
    const bytes = fixture(name);
    const { channels, format, encoding, samplingRate } = await decodeAudio(bytes, name);
    for (const size of SIZES) {
      const stream = await streamed(bytes, size);
      expect(stream.error).toBeUndefined();
      expect(stream.channels).toEqual(channels);
      expect(stream.about).toMatchObject({
        ...{ format, encoding, samplingRate, channelCount: channels.length },
      });
    }
  });

  it.each(['speech.ogg', 'speech.opus', 'speech.oga'])(
    '%s twice, one behind the other',
    async (name) => {
      const bytes = new Uint8Array(Buffer.concat([fixture(name), fixture(name)]));
      const { channels } = await decodeAudio(bytes, name);
      for (const size of SIZES) expect((await streamed(bytes, size)).channels).toEqual(channels);
    },
  );

  it('tells the length where the beginning has it', async () => {
    const frames = async (name: string) => (await streamed(fixture(name), 999)).about;
    for (const name of ['speech.wav', 'speech.flac', 'speech.mp3']) {
      expect(await frames(name)).toMatchObject({ frames: 12800 });
    }
    for (const name of ['bare.mp3', 'speech.ogg', 'speech.opus', 'speech.oga']) {
      expect(await frames(name)).toMatchObject({ frames: undefined });
    }
  });

  it('passes over tags before and behind, and zeros behind', async () => {
    const picture = 5000;
    const tag = [...Buffer.from('ID3'), 4, 0, 0, 0, 0, picture >> 7, picture & 127];
    const before = [...tag, ...new Array<number>(picture).fill(7)];
    const tails = [
      [],
      [...Buffer.from('TAG'), ...new Array<number>(125).fill(32)],
      new Array(3000).fill(0),
    ];
    for (const name of ['speech.flac', 'tone24.flac', 'speech.mp3']) {
      const bytes = fixture(name);
      const { channels } = await decodeAudio(bytes, name);
      const start = skipId3(bytes);
      for (const tail of tails) {
        const tagged = Uint8Array.from([...before, ...bytes.subarray(start), ...tail]);
        for (const size of [1, 7, 1 << 20]) {
          const stream = await streamed(tagged, size);
          expect(stream.error, `${name} ${tail.length} ${size}`).toBeUndefined();
          expect(stream.channels).toEqual(channels);
        }
      }
    }
  });

  it('gives what the libraries make of whole files', async () => {
    const speech = fixture('speech.ogg');
    const tone = fixture('tone24.mp3');
    const vorbis = new OggVorbisDecoder();
    await vorbis.ready;
    expect((await streamed(speech, 100)).channels).toEqual(
      (await vorbis.decodeFile(speech)).channelData,
    );
    vorbis.free();
    const mp3 = new MPEGDecoder();
    await mp3.ready;
    const start = 10 + tone[9];
    expect((await streamed(tone, 100)).channels).toEqual(
      mp3.decode(tone.subarray(start)).channelData.slice(0, 2),
    );
    mp3.free();
  });
});

describe('what is damaged or cut off', () => {
  it.each(RECORDINGS)('%s is refused in the same words, cut anywhere', async (name) => {
    const whole = fixture(name);
    const random = mulberry32(5);
    for (let i = 0; i < 12; i++) {
      const bytes = whole.slice(0, i % 2 ? whole.length : Math.floor(random() * whole.length));
      if (i % 2) bytes[Math.floor(random() * bytes.length)] ^= 1 << Math.floor(random() * 8);
      const expected = await decodeAudio(bytes, 'a').then(
        () => undefined,
        (error: Error) => error.message,
      );
      for (const size of [1, 7]) {
        const { error } = await streamed(bytes, size, { where: 'a', fileBytes: bytes.length });
        expect(error?.message).toBe(expected);
      }
    }
  });

  it('comes after what lies before it', async () => {
    const whole = fixture('speech.flac');
    const { channels, error } = await streamed(whole.subarray(0, 9000), 500, { where: 'a.flac' });
    expect(error?.message).toMatch(/^a\.flac: it is cut off or damaged: .* 12800 samples/);
    expect(channels[0].length).toBeGreaterThan(0);
    const all = (await decodeAudio(whole, 'a')).channels[0];
    expect(channels[0]).toEqual(all.subarray(0, channels[0].length));
  });

  it('is told when the next frame comes, and is not looked for in all that follows', async () => {
    const whole = fixture('speech.flac');
    const starts = Array.from(whole.keys()).filter((at) => readFrameHeader(whole, at));
    const noise = Uint8Array.from({ length: 1 << 17 }, (_, i) => i % 251);
    let later = 0;
    async function* bytes() {
      yield whole.subarray(0, starts[1] + 100);
      yield noise;
      yield whole.subarray(starts[2]);
      for (; later < 100; later++) yield noise;
    }
    const { pieces } = await decodeAudioStream(bytes());
    const { value } = await pieces.next();
    const { length } = (value as Float32Array[])[0];
    await expect(pieces.next()).rejects.toThrow(
      `it is damaged after ${length} samples, at byte ${starts[1]}: a checksum does not fit`,
    );
    expect(later).toBe(0);
  });
});

describe('a decoding that is stopped', () => {
  const watched = (name: string) => {
    const closed = vi.fn();
    const bytes = (async function* () {
      try {
        yield* cut(fixture(name), 2000);
        await new Promise(() => undefined);
      } finally {
        closed();
      }
    })();
    return { bytes, closed };
  };

  it.each(['speech.wav', 'speech.flac', 'speech.mp3', 'speech.ogg', 'speech.opus'])(
    '%s lets go of decoder and bytes',
    async (name) => {
      const frees = [FLACDecoder, OggVorbisDecoder].map((one) => vi.spyOn(one.prototype, 'free'));
      const { bytes, closed } = watched(name);
      const { pieces } = await decodeAudioStream(bytes);
      expect((await pieces.next()).done).toBe(false);
      await pieces.return();
      expect(closed).toHaveBeenCalledTimes(1);
      const used = { 'speech.flac': [1, 0], 'speech.ogg': [0, 1] }[name] ?? [0, 0];
      expect(frees.map(({ mock }) => mock.calls.length)).toEqual(used);
      for (const free of frees) free.mockRestore();

      const other = watched(name);
      await (await decodeAudioStream(other.bytes)).pieces.return();
      expect(other.closed, 'never read').toHaveBeenCalledTimes(1);
    },
  );

  it('by a signal, even while bytes are waited for', async () => {
    for (const name of ['speech.wav', 'speech.flac', 'speech.opus']) {
      const control = new AbortController();
      const reason = new Error('enough');
      const { bytes } = watched(name);
      const { pieces } = await decodeAudioStream(bytes, { signal: control.signal });
      setTimeout(() => control.abort(reason), 50);
      await expect(
        (async () => {
          for await (const piece of pieces) void piece;
        })(),
      ).rejects.toBe(reason);
    }
  });

  it('by the bytes, whose error is told as it is', async () => {
    const lost = new Error('disk gone');
    const bytes = (async function* () {
      yield fixture('speech.flac').subarray(0, 9000);
      throw lost;
    })();
    const { pieces } = await decodeAudioStream(bytes);
    await expect(
      (async () => {
        for await (const piece of pieces) void piece;
      })(),
    ).rejects.toBe(lost);
  });
});

it('needs no more memory for a long recording', async () => {
  const samplingRate = 48000;
  const seconds = 15 * 60;
  const random = mulberry32(1);
  const noise = Float32Array.from({ length: samplingRate }, () => random() - 0.5);
  const silence = new Float32Array(samplingRate);
  const encoder = await createFlacEncoder({ samplingRate, bits: 16 });
  async function* encoded() {
    yield encoder.begin();
    // Noise now and then: of silence a few bytes make very many samples.
    for (let at = 0; at < seconds; at++) yield encoder.encode(at % 20 === 0 ? noise : silence);
    yield encoder.end().bytes;
  }
  const { pieces, channelCount } = await decodeAudioStream(encoded());
  expect(channelCount).toBe(1);
  let samples = 0;
  let longest = 0;
  let minutes = 0;
  let begun = 0;
  let most = 0;
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  for await (const [mono] of pieces) {
    samples += mono.length;
    longest = Math.max(longest, mono.length);
    if (Math.floor(samples / (60 * samplingRate)) === minutes) continue;
    minutes++;
    // What is held: when garbage goes is the engine's affair.
    collect();
    const { heapUsed, external } = process.memoryUsage();
    // What the decoder takes once is no part of what grows.
    begun ||= heapUsed + external;
    most = Math.max(most, heapUsed + external);
  }
  expect(minutes).toBe(seconds / 60);
  expect(samples).toBe(seconds * samplingRate);
  expect(longest).toBeLessThan(1 << 15);
  console.log(`${((most - begun) / 1e6).toFixed(1)} MB more after ${seconds / 60} minutes`);
  // All of it would be 173 MB of floats.
  expect(most - begun).toBeLessThan(10e6);
}, 300_000);
