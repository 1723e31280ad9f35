import { checkFinite, decodeSamples } from './decode-samples.js';
import { WavError } from './wav-format.js';
import {
  checkWhole,
  type DataPlace,
  type Fail,
  findData,
  headerOf,
  type WavHeader,
} from './wav-header.js';

/** Reads a WAV file as its bytes come, so that no more than a piece need be in memory. */
export interface WavDecoder {
  /** What the file says of itself, as soon as that is known. */
  readonly header: WavHeader | undefined;
  /**
   * @param bytes those that follow; any number of them, which are copied where they are kept
   * @returns the samples that they make whole, one array a channel, all of one length, as `readWav` reads them; empty
   * arrays until there are some, none at all before the header is known
   * @throws WavError where the bytes are no WAV file, are compressed, or hold NaN or infinity
   */
  push(bytes: Uint8Array): Float32Array[];
  /**
   * No more bytes follow.
   *
   * @returns what was kept back
   * @throws WavError where the file is cut off
   */
  end(): Float32Array[];
}

export interface WavDecoderOptions {
  /** Size of the whole file, where it is known: what is cut off is then refused at once, not at the end. */
  readonly fileBytes?: number;
  /** What to call it in errors (a path or URL). */
  readonly where?: string;
}

/** A plain header; fewer tell nothing. */
const LEAST_BYTES = 44;

/** Takes the same files as {@link readWav}, by pieces. */
export function createWavDecoder({
  fileBytes = Number.POSITIVE_INFINITY,
  where = 'wav',
}: WavDecoderOptions = {}): WavDecoder {
  const fail: Fail = (problem, advice) => {
    throw new WavError(where, problem, advice);
  };
  let place: DataPlace | undefined;
  let header: WavHeader | undefined;
  /** Bytes before the samples, then those of a sample that is not whole. */
  let kept = new Uint8Array();
  /**
   * The header is looked for anew when so many bytes are there: twice as many each time, as chunks before it may be
   * long.
   */
  let wanted = LEAST_BYTES;
  /** Bytes and samples of the data so far. */
  let received = 0;
  let decoded = 0;

  const look = (total: number): void => {
    wanted = 2 * kept.length;
    place = findData(kept, total, fail);
    if (!place) return;
    checkWhole(place, fail);
    header = headerOf(place);
    kept = kept.slice(place.start);
    received = kept.length;
  };
  const decode = ({ header: { format, channelCount, frameBytes }, declared, left }: DataPlace) => {
    // What lies behind the samples is nobody's.
    const over = received - Math.min(declared, left);
    const bytes = over > 0 ? kept.subarray(0, Math.max(0, kept.length - over)) : kept;
    const frames = Math.floor(bytes.length / frameBytes);
    const view = new DataView(bytes.buffer, bytes.byteOffset, frames * frameBytes);
    const channels = decodeSamples(view, format, channelCount, frames);
    checkFinite(channels, format, { fail, first: decoded });
    decoded += frames;
    kept = over > 0 ? new Uint8Array() : kept.slice(frames * frameBytes);
    return channels;
  };
  return {
    get header() {
      return header;
    },
    push(bytes) {
      kept = joined(kept, bytes);
      if (place) received += bytes.length;
      else if (kept.length >= wanted) look(fileBytes);
      return place ? decode(place) : [];
    },
    end() {
      if (!place) look(kept.length);
      if (!place) return fail('it ends before its samples begin. Copy it again');
      const { declared, left } = place;
      const there = Math.min(received, left);
      // A pipe whose writer did not know its length has all that came.
      if (declared !== Number.POSITIVE_INFINITY) {
        checkWhole({ ...place, declared: Math.min(declared, left), left: there }, fail);
      }
      return decode(place);
    },
  };
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
