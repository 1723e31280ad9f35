import { type DitherOptions, mulberry32, quantize, triangularNoise } from '@hifigan/audio';
import { joined } from '../joined.js';

/** Makes a FLAC file as the samples come. One channel. */
export interface FlacEncoder {
  /**
   * The first bytes; called once, before all else.
   *
   * @param samples that will follow, where that is known
   */
  begin(samples?: number): Uint8Array;
  /**
   * @param samples in [−1, 1]: rounded to the nearest whole number, clipped beyond full scale
   * @returns the frames that are whole
   */
  encode(samples: Float32Array): Uint8Array;
  /**
   * @returns the last bytes, and what the first must be now that length and MD5 are known: of the same length.
   * Players do without. Frees the encoder
   */
  end(): { readonly bytes: Uint8Array; readonly start: Uint8Array };
  /** Frees the encoder where the end is not reached. */
  dispose(): void;
}

export interface FlacEncoderOptions extends DitherOptions {
  /** Hz, at most 655,350. */
  readonly samplingRate: number;
  /** Of a sample. */
  readonly bits: 16 | 24;
}

/** FLAC's default, which `flac` has as well: higher ones gain a percent or two. */
const LEVEL = 5;

/**
 * Opens an encoder of libFLAC (libflacjs, https://github.com/mmig/libflac.js). Its build in JavaScript, as the one in
 * WebAssembly fetches a path, which Node refuses.
 *
 * @throws RangeError where the rate cannot be stored
 */
export async function createFlacEncoder({
  samplingRate,
  bits,
  dither = false,
  random = mulberry32(0),
}: FlacEncoderOptions): Promise<FlacEncoder> {
  const flac = await openLibrary();
  const scale = 2 ** (bits - 1);
  let id = 0;
  let parts: Uint8Array[] = [];
  let info: StreamFacts | undefined;
  let start: Uint8Array = new Uint8Array();
  const taken = (): Uint8Array => {
    const all = joined(parts);
    parts = [];
    return all;
  };
  const dispose = () => {
    if (id !== 0) flac.FLAC__stream_encoder_delete(id);
    id = 0;
  };
  return {
    begin(samples = 0) {
      id = flac.create_libflac_encoder(samplingRate, 1, bits, LEVEL, samples, false);
      const write = (bytes: Uint8Array) => void parts.push(bytes.slice());
      const failed = id === 0 || flac.init_encoder_stream(id, write, (facts) => (info ??= facts));
      if (failed) {
        dispose();
        throw new RangeError(
          `createFlacEncoder: samplingRate=${samplingRate} must be a whole number of Hz up to 655350, because the file stores it so; take WAV, or resample`,
        );
      }
      start = taken();
      return start.slice();
    },
    encode(samples) {
      if (samples.length > 0) {
        const whole = Int32Array.from(samples, (value) =>
          quantize(value, scale, dither ? triangularNoise(random) : 0),
        );
        if (!flac.FLAC__stream_encoder_process_interleaved(id, whole, whole.length)) {
          throw new Error(
            `createFlacEncoder: libFLAC is in state ${flac.FLAC__stream_encoder_get_state(id)} and encodes no more; take WAV`,
          );
        }
      }
      return taken();
    },
    end() {
      flac.FLAC__stream_encoder_finish(id);
      const bytes = taken();
      dispose();
      return { bytes, start: info ? withFacts(start, info) : start };
    },
    dispose,
  };
}

/** What the library tells when all is encoded. */
interface StreamFacts {
  readonly min_framesize: number;
  readonly max_framesize: number;
  readonly total_samples: number;
  /** 32 hexadecimal digits. */
  readonly md5sum: string;
}

// `fLaC`, the header of the first block, then STREAMINFO (RFC 9639, section 8.2): 2 × 16 bits of block sizes, 2 × 24 of
// frame sizes, 28 of rate, channels and bits, 36 of samples, 128 of MD5.
const FRAME_SIZES = 12;
const SAMPLES = 21;
const MD5 = 26;

/** The first bytes, with what is known at the end. */
function withFacts(start: Uint8Array, facts: StreamFacts): Uint8Array<ArrayBuffer> {
  const bytes = start.slice();
  const view = new DataView(bytes.buffer);
  for (const [index, size] of [facts.min_framesize, facts.max_framesize].entries()) {
    view.setUint8(FRAME_SIZES + 3 * index, size >> 16);
    view.setUint16(FRAME_SIZES + 3 * index + 1, size & 0xffff);
  }
  const high = Math.floor(facts.total_samples / 2 ** 32);
  view.setUint8(SAMPLES, (view.getUint8(SAMPLES) & 0xf0) | (high & 0x0f));
  view.setUint32(SAMPLES + 1, facts.total_samples % 2 ** 32);
  for (let i = 0; i < 16; i++) {
    bytes[MD5 + i] = Number.parseInt(facts.md5sum.slice(2 * i, 2 * i + 2), 16);
  }
  return bytes;
}

/** What we use of libFLAC, by the names of its C functions; the library's own types say nothing of its builds. */
interface Libflac {
  isReady(): boolean;
  on(event: 'ready', listener: () => void): void;
  /** @returns 0 where the values are not allowed */
  create_libflac_encoder(
    samplingRate: number,
    channels: number,
    bits: number,
    level: number,
    samples: number,
    verify: boolean,
  ): number;
  /** @returns 0 where all is well */
  init_encoder_stream(
    id: number,
    write: (bytes: Uint8Array) => void,
    metadata: (facts: StreamFacts) => void,
  ): number;
  FLAC__stream_encoder_process_interleaved(id: number, samples: Int32Array, count: number): boolean;
  FLAC__stream_encoder_get_state(id: number): number;
  FLAC__stream_encoder_finish(id: number): boolean;
  FLAC__stream_encoder_delete(id: number): void;
}

let library: Promise<Libflac> | undefined;

/** Loaded when it is needed, once. */
function openLibrary(): Promise<Libflac> {
  library ??= import('libflacjs/dist/libflac.min.js').then((module) => {
    const { default: flac } = module as unknown as { readonly default: Libflac };
    return new Promise((done) => {
      if (flac.isReady()) done(flac);
      else flac.on('ready', () => done(flac));
    });
  });
  return library;
}
