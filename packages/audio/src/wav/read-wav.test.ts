import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readWav } from './read-wav.js';
import { SUBFORMAT_TAIL, WavError } from './wav-format.js';

type Part = string | readonly number[];

/** Bytes from text and numbers. */
function bytes(...parts: readonly Part[]): number[] {
  return parts.flatMap((part) =>
    typeof part === 'string' ? [...part].map((c) => c.charCodeAt(0)) : [...part],
  );
}

function u16(value: number): number[] {
  return [value & 255, (value >> 8) & 255];
}

function u32(value: number): number[] {
  return [...u16(value & 0xffff), ...u16(value >>> 16)];
}

function chunk(name: string, body: readonly number[], size = body.length): number[] {
  return bytes(name, u32(size), body, body.length % 2 ? [0] : []);
}

function formatChunk(tag: number, channels: number, bits: number, frame = (channels * bits) / 8) {
  return chunk('fmt ', bytes(u16(tag), u16(channels), u32(22050), u32(0), u16(frame), u16(bits)));
}

function extensible(
  tag: number,
  channels: number,
  bits: number,
  valid: number,
  tail = SUBFORMAT_TAIL,
) {
  const head = bytes(
    u16(0xfffe),
    u16(channels),
    u32(22050),
    u32(0),
    u16((channels * bits) / 8),
    u16(bits),
  );
  return chunk('fmt ', bytes(head, u16(22), u16(valid), u32(0), u16(tag), tail));
}

function wav(...chunks: readonly number[][]): Uint8Array {
  const body = chunks.flat();
  return Uint8Array.from(bytes('RIFF', u32(4 + body.length), 'WAVE', body));
}

const pcm16 = formatChunk(1, 1, 16);
const two = [0x00, 0x40, 0x00, 0x80];
const read = (...chunks: readonly number[][]) => {
  const { channels } = readWav(wav(...chunks));
  return channels.map((channel) => [...channel]);
};
const message = (file: Uint8Array) => {
  try {
    readWav(file, 'a.wav');
  } catch (error) {
    expect(error).toBeInstanceOf(WavError);
    return (error as WavError).message;
  }
  return '';
};

const problem = (file: Uint8Array) => {
  try {
    readWav(file, 'a.wav');
  } catch (error) {
    return (error as WavError).problem;
  }
  return '';
};

describe('readWav reads', () => {
  it.each<[string, number[], number[], number[]]>([
    ['8 bits, unsigned', formatChunk(1, 1, 8), [0, 128, 255], [-1, 0, 127 / 128]],
    ['16 bits', pcm16, [0xff, 0x7f, 0, 0x80, 1, 0], [32767 / 32768, -1, 1 / 32768]],
    [
      '24 bits',
      formatChunk(1, 1, 24),
      [0, 0, 0x80, 0, 0, 0x40, 0xff, 0xff, 0xff],
      [-1, 0.5, -1 / 8388608],
    ],
    ['32 bits', formatChunk(1, 1, 32), [0, 0, 0, 0x80, 0, 0, 0, 0x20], [-1, 0.25]],
    ['floats', formatChunk(3, 1, 32), [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0], [1, -2]],
    ['doubles', formatChunk(3, 1, 64), [0, 0, 0, 0, 0, 0, 0xe0, 0xbf], [-0.5]],
    ['12 bits in 16, left-justified', formatChunk(1, 1, 12, 2), [0x00, 0x40], [0.5]],
    ['extensible PCM', extensible(1, 1, 16, 16), two, [0.5, -1]],
    ['extensible, 20 bits in 24', extensible(1, 1, 24, 20), [0, 0, 0x40], [0.5]],
    ['extensible floats', extensible(3, 1, 32, 32), [0, 0, 0, 0x3f], [0.5]],
    ['no sound', pcm16, [], []],
  ])('%s', (_, format, data, expected) => {
    expect(read(format, chunk('data', data))).toEqual([expected]);
  });

  it('channels side by side', () => {
    const data = [0, 0x40, 0, 0xc0, 0, 0x20, 0, 0];
    expect(read(formatChunk(1, 2, 16), chunk('data', data))).toEqual([
      [0.5, 0.25],
      [-0.5, 0],
    ]);
  });

  it('what the header says', () => {
    const { samplingRate, format } = readWav(wav(formatChunk(3, 1, 64), chunk('data', [])));
    expect([samplingRate, format]).toEqual([22050, 'float64']);
  });

  it('past chunks it does not know, of odd length too', () => {
    const odd = chunk('LIST', [1, 2, 3]);
    expect(
      read(chunk('JUNK', [9]), pcm16, odd, chunk('data', two), chunk('id3 ', [1, 2, 3])),
    ).toEqual([[0.5, -1]]);
  });

  it('odd data without its padding', () => {
    const whole = wav(formatChunk(1, 1, 8), chunk('data', [128, 0, 128]));
    expect([...readWav(whole.slice(0, -1)).channels[0]]).toEqual([0, -1, 0]);
  });

  it('sizes of a stream: to the end of the file', () => {
    for (const size of [0, 0xffffffff, 0xffffffdb, 0x7ffff000, 0x7fffffff]) {
      expect(read(pcm16, chunk('data', two, size)), `size ${size}`).toEqual([[0.5, -1]]);
    }
    // A stream cut in the middle of a sample keeps the whole ones.
    const cut = wav(pcm16, chunk('data', [...two, 7], 0xffffffff)).slice(0, -1);
    expect([...readWav(cut).channels[0]]).toEqual([0.5, -1]);
  });

  it('no sound where whole chunks follow an empty one', () => {
    expect(read(pcm16, chunk('data', []), chunk('LIST', [1, 2, 3]))).toEqual([[]]);
  });

  it('RF64, which keeps the size elsewhere', () => {
    const ds64 = chunk('ds64', bytes(u32(0), u32(0), u32(4), u32(0), u32(2), u32(0), u32(0)));
    const body = bytes('WAVE', ds64, pcm16, chunk('data', two, 0xffffffff), chunk('LIST', [1, 2]));
    const file = Uint8Array.from(bytes('RF64', u32(0xffffffff), body));
    expect([...readWav(file).channels[0]]).toEqual([0.5, -1]);
  });

  it('a part of a larger buffer', () => {
    const file = wav(pcm16, chunk('data', two));
    const larger = Buffer.concat([Buffer.from('abc'), file]);
    expect([...readWav(larger.subarray(3)).channels[0]]).toEqual([0.5, -1]);
  });

  it('what there is of a cut-off file, if told so', () => {
    const file = wav(pcm16, chunk('data', two)).slice(0, -1);
    expect([...readWav(file, 'a.wav', { truncated: 'keep' }).channels[0]]).toEqual([0.5]);
  });
});

describe('readWav refuses', () => {
  it('data cut off, and says how much is there', () => {
    const file = wav(pcm16, chunk('data', new Array(200).fill(1))).slice(0, -61);
    expect(message(file)).toMatch(
      /^a.wav: it is cut off: its header speaks of 100 samples, 69 are there\. .*truncated: 'keep'/,
    );
    // What people can do who are no programmers.
    expect(problem(file)).toBe(
      'it is cut off: its header speaks of 100 samples, 69 are there. Copy it again',
    );
  });

  it('every other cut', () => {
    const file = wav(pcm16, chunk('data', two));
    for (let length = 0; length < file.length; length++) {
      expect(message(file.slice(0, length)), `${length} bytes`).toMatch(/^a.wav: it /);
    }
    expect(message(file.slice(0, 0))).toMatch(/it is empty/);
    expect(message(file.slice(0, 38))).toMatch(/no data/);
  });

  it.each<[string, RegExp, number[]]>([
    ['FLAC', /FLAC/, bytes('fLaC', new Array(20).fill(0))],
    ['Ogg', /Ogg/, bytes('OggS', new Array(20).fill(0))],
    ['MP3', /MP3/, bytes('ID3', new Array(20).fill(0))],
    ['MP3 without a tag', /MP3/, bytes([0xff, 0xfb], new Array(20).fill(0))],
    ['AIFF', /AIFF/, bytes('FORM', new Array(20).fill(0))],
    ['RIFX', /big-endian/, bytes('RIFX', u32(4), 'WAVE')],
    ['AVI', /does not begin with RIFF and WAVE/, bytes('RIFF', u32(4), 'AVI ')],
    ['noise', /does not begin with RIFF and WAVE/, new Array(20).fill(3)],
    ['text', /it looks like text/, bytes('hello, this is a text')],
  ])('%s', (_, expected, file) => {
    expect(message(Uint8Array.from(file))).toMatch(expected);
    expect(message(Uint8Array.from(file))).toMatch(/ffmpeg -i/);
  });

  it('data before its format, and no format at all', () => {
    expect(message(wav(chunk('data', two), pcm16))).toMatch(/data comes before its format/);
    expect(message(wav(chunk('LIST', [1, 2])))).toMatch(/neither format nor data/);
    expect(message(wav(pcm16))).toMatch(/no data/);
  });

  it.each<[string, RegExp, number[]]>([
    ['A-law', /A-law.*with 8 bits/, formatChunk(6, 1, 8)],
    ['ADPCM', /ADPCM/, formatChunk(17, 1, 4, 1)],
    ['an unknown format', /of format 999/, formatChunk(999, 1, 16)],
    [
      'an unknown sub-format',
      /of format -1/,
      extensible(
        1,
        1,
        16,
        16,
        SUBFORMAT_TAIL.map(() => 7),
      ),
    ],
    ['floats of 16 bits', /floats with 16 bits/, formatChunk(3, 1, 16)],
    ['PCM of 64 bits', /PCM with 64 bits/, formatChunk(1, 1, 64)],
    ['PCM of 0 bits', /PCM with 0 bits/, formatChunk(1, 1, 0, 2)],
    ['no channels', /0 channels/, formatChunk(1, 0, 16)],
    ['a wrong frame', /2 channels of 16 bits do not fill 3 bytes/, formatChunk(1, 2, 16, 3)],
    ['rate 0', /rate is 0/, chunk('fmt ', bytes(u16(1), u16(1), u32(0), u32(0), u16(2), u16(16)))],
    ['a short format', /has 8 bytes where 16/, chunk('fmt ', new Array(8).fill(1))],
    [
      'a short extensible format',
      /has 16 bytes where 40/,
      chunk('fmt ', bytes(u16(0xfffe), u16(1), u32(22050), u32(0), u16(2), u16(16))),
    ],
  ])('%s', (_, expected, format) => {
    expect(message(wav(format, chunk('data', two)))).toMatch(expected);
  });

  it('floats that are no numbers', () => {
    const nan = wav(formatChunk(3, 1, 32), chunk('data', [0, 0, 0, 0, 0, 0, 0xc0, 0x7f]));
    expect(message(nan)).toMatch(/sample 1 of channel 0 is NaN/);
    const large = wav(formatChunk(3, 1, 64), chunk('data', [0, 0, 0, 0, 0, 0, 0xf0, 0x7f]));
    expect(message(large)).toMatch(/is Infinity/);
  });

  it('hostile sizes without allocating them', () => {
    const before = process.memoryUsage().arrayBuffers;
    for (const size of [0x7fffefff, 0x10000000]) {
      expect(message(wav(pcm16, chunk('data', two, size)))).toMatch(
        /speaks of \d+ samples, 2 are there/,
      );
    }
    expect(message(wav(chunk('JUNK', two, 0xfffffff0), pcm16))).toMatch(/neither format nor data/);
    expect(message(wav(chunk('fmt ', two, 0xfffffff0)))).toMatch(/cut off in its format/);
    const many = wav(formatChunk(1, 32767, 16), chunk('data', two, 0x7fffeffe));
    expect(message(many)).toMatch(/speaks of 32768 samples, 0 are there/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
  });
});

describe('readWav, whatever the bytes', () => {
  const files = [
    wav(pcm16, chunk('LIST', [1, 2, 3]), chunk('data', two)),
    wav(
      extensible(3, 2, 32, 32),
      chunk('fact', u32(1)),
      chunk('data', [0, 0, 0, 0, 0, 0, 0, 0x3f]),
    ),
    wav(formatChunk(1, 1, 24), chunk('data', [1, 2, 3, 4, 5, 6], 0xffffffff)),
  ];
  const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6 });

  it('either reads finite samples, no more than there are, or throws a WavError', () => {
    fc.assert(
      fc.property(fc.constantFrom(...files), changes, fc.boolean(), (file, edits, keep) => {
        const damaged = file.slice();
        for (const [at, value] of edits) damaged[at % damaged.length] = value;
        try {
          const options = { truncated: keep ? 'keep' : 'refuse' } as const;
          const { channels } = readWav(damaged, 'a.wav', options);
          const samples = channels.reduce((sum, channel) => sum + channel.length, 0);
          expect(samples).toBeLessThanOrEqual(damaged.length);
          for (const channel of channels) expect(channel.every(Number.isFinite)).toBe(true);
        } catch (error) {
          if (!(error instanceof WavError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});
