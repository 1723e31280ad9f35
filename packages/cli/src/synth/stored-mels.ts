import { type Mel, melFrames, melFromArray } from '@hifigan/audio';
import { openNpy, readNpy, readNpyHeader, sourceOfBytes } from '@hifigan/checkpoint';
import { UserError } from '../errors.js';
import type { ByteReader } from './byte-reader.js';
import type { Input } from './input.js';

/** Frames that are read at once. */
const PIECE_FRAMES = 1024;
/** Bytes in which the header of a `.npy` file ends, unless a program writes odd ones. */
const HEAD_BYTES = 65_536;
/** More than one array needs; what claims more is no mel. */
const MOST_BYTES = 2 ** 31;

/** A mel that is read while it is spoken. */
export interface MelParts {
  /** Of the whole, where that is known before. */
  readonly frames?: number;
  readonly parts: AsyncIterable<Mel>;
}

/**
 * A stored mel, `.npy` of `[num_mels, frames]`, read a thousand frames at a time.
 *
 * @throws FormatError or MelError where it does not fit; of single values not before they are reached
 */
export async function storedMel({ source, shown }: Input, mels: number): Promise<MelParts> {
  const array = await openNpy(source!, shown);
  const frames = melFrames(array.shape, mels, shown);
  return { frames, parts: columns() };

  async function* columns(): AsyncGenerator<Mel> {
    for (let from = 0; from < frames; from += PIECE_FRAMES) {
      const part = await array.read(from, Math.min(from + PIECE_FRAMES, frames));
      yield melFromArray(part, mels, shown, from);
    }
  }
}

/**
 * Mels from a pipe: one `.npy` or several that follow each other, as `numpy.save` writes them into one open file; each
 * goes on where the one before ended.
 */
export function melsInPipe({ bytes, shown }: Input, mels: number): MelParts {
  return { parts: arrays() };

  async function* arrays(): AsyncGenerator<Mel> {
    for (let first = 0; first === 0 || (await bytes.peek(1)).length > 0; ) {
      const mel = melFromArray(readNpy(await wholeArray(bytes, shown), shown), mels, shown, first);
      first += mel.frames;
      yield mel;
    }
  }
}

async function wholeArray(bytes: ByteReader, shown: string): Promise<Uint8Array> {
  // A kilobyte waits for no second array; the rest is asked for where the header is longer.
  const head = await bytes.peek(10);
  const headLength = head.length < 10 ? head.length : 10 + head[8] + 256 * head[9] + 2;
  const peeked = await bytes.peek(Math.min(headLength, HEAD_BYTES));
  const { start } = readNpyHeader(peeked, shown);
  const { byteLength } = await openNpy(
    { ...sourceOfBytes(peeked), size: Number.MAX_SAFE_INTEGER },
    shown,
  );
  if (byteLength > MOST_BYTES) {
    throw new UserError(
      `${shown}: an array of ${byteLength} bytes is no mel; write mels of some seconds each`,
    );
  }
  return bytes.take(start + byteLength);
}

/**
 * Mels without a header: the float32 values of one frame after the other, little-endian, `[frames, num_mels]`.
 *
 * @throws UserError where it ends within a frame, or holds what is no number
 */
export function rawFrames({ bytes, source, shown }: Input, mels: number): MelParts {
  const frameBytes = 4 * mels;
  const frames = source && Math.floor(source.size / frameBytes);
  return { frames, parts: whole() };

  async function* whole(): AsyncGenerator<Mel> {
    let first = 0;
    let rest: Uint8Array = new Uint8Array();
    for (let some = await bytes.next(); some; some = await bytes.next()) {
      const all = rest.length > 0 ? Buffer.concat([rest, some]) : some;
      const count = Math.floor(all.length / frameBytes);
      rest = all.subarray(count * frameBytes);
      if (count === 0) continue;
      const data = floatsOf(all.subarray(0, count * frameBytes));
      const at = data.findIndex((value) => !Number.isFinite(value));
      if (at >= 0) {
        throw new UserError(
          `${shown}: the value at frame ${first + Math.floor(at / mels)}, band ${at % mels} is ${data[at]} and must be finite; ` +
            `write float32, little-endian, ${mels} values a frame`,
        );
      }
      yield { data, frames: count, mels };
      first += count;
    }
    if (rest.length > 0) {
      throw new UserError(
        `${shown}: it ends within frame ${first}: ${rest.length} of ${frameBytes} bytes are there, as a frame is ${mels} float32 values; ` +
          'write whole frames',
      );
    }
    if (first === 0) throw new UserError(`${shown}: it is empty, so there is nothing to say`);
  }
}

/**
 * Whether bytes may be such frames: ordinary numbers, as logarithms are. What is text, sound or anything else has
 * others.
 */
export function looksLikeFrames(bytes: Uint8Array): boolean {
  const values = floatsOf(bytes.subarray(0, bytes.length - (bytes.length % 4)));
  const ordinary = (value: number) =>
    value === 0 || (Math.abs(value) >= 1e-10 && Math.abs(value) <= 1e3);
  return values.length > 0 && values.every(ordinary) && values.some((value) => value !== 0);
}

function floatsOf(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}
