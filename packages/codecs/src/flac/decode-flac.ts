import { FLACDecoder } from '@wasm-audio-decoders/flac';
import { COPY_AGAIN, fail } from '../audio-error.js';
import type { ByteFeed } from '../byte-feed.js';
import { type OpenDecoder, openDecoder } from '../open-decoder.js';
import { type OpenedAudio, PIECE_SAMPLES } from '../opened-audio.js';
import { SampleSum } from './sample-sum.js';
import { splitFrames } from './split-frames.js';
import { readMetadata, type StreamInfo } from './stream-info.js';

/** @throws Problem where it is damaged, cut off, or of a kind that cannot be read */
export async function openFlac(feed: ByteFeed): Promise<OpenedAudio> {
  const info = await feed.read(readMetadata(feed.window));
  const { samplingRate, channelCount, bits, samples } = info;
  const about = { format: 'flac', encoding: `flac${bits}`, samplingRate, channelCount } as const;
  return { ...about, frames: samples || undefined, pieces };

  async function* pieces() {
    const decoder = new FlacFrameDecoder(info);
    try {
      const parts = feed.parts(splitFrames(feed.window, info), PIECE_SAMPLES, (one) => one.samples);
      for await (const frames of parts)
        yield await decoder.decode(frames.map(({ bytes }) => bytes));
      decoder.end();
    } finally {
      decoder.free();
    }
  }
}

/** Decodes the frames of one stream, each whole, and holds their samples against its sum. */
export class FlacFrameDecoder {
  readonly #info: StreamInfo;
  readonly #sum: SampleSum | undefined;
  #decoder: OpenDecoder<FLACDecoder> | undefined;

  constructor(info: StreamInfo) {
    this.#info = info;
    // Of 32 bits floats do not hold all, so that no sum can be made.
    if (info.sum && info.bits !== 32) this.#sum = new SampleSum(info.bits);
  }

  async decode(frames: Uint8Array[]): Promise<Float32Array[]> {
    this.#decoder ??= await openDecoder(() => new FLACDecoder());
    const { channelData } = await this.#decoder.decode((decoder) => decoder.decodeFrames(frames));
    for (const channel of channelData) rescale(channel, this.#info.bits);
    this.#sum?.update(channelData);
    return channelData;
  }

  /** @throws Problem where the sum is another */
  end(): void {
    const { sum } = this.#info;
    const found = this.#sum?.digest();
    if (sum && found?.some((byte, index) => byte !== sum[index])) {
      fail(
        `it is damaged: its samples are not those that were encoded, as their MD5 tells. ${COPY_AGAIN}`,
      );
    }
  }

  free(): void {
    this.#decoder?.free();
  }
}

/**
 * The library divides by the largest value, where WAV files and everyone else divide by the magnitude of the lowest:
 * the whole numbers are found again, exactly, and divided as they should be. Of 32 bits a float holds no more than the
 * library gives.
 */
function rescale(channel: Float32Array, bits: number): void {
  if (bits === 32) return;
  const scale = 2 ** (bits - 1);
  for (let i = 0; i < channel.length; i++) {
    channel[i] = Math.round(channel[i] * (scale - 1)) / scale;
  }
}
