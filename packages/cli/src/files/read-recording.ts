import { createResampler, type Resampler, toMono } from '@hifigan/audio';
import { sourceOfBytes } from '@hifigan/checkpoint';
import { AudioError, type DecodedAudio, decodeAudio } from '@hifigan/codecs';
import type { Context } from '../context.js';
import { explain, UserError } from '../errors.js';
import { clippedShare } from './clipped-share.js';
import { type FoundFile, RECORDING_KINDS } from './find-files.js';
import { peak } from './peak.js';
import { readInput } from './read-input.js';
import { refuseForeignInput } from './refuse-foreign.js';

/** A recording as one channel at the wanted rate, and what it was. */
export interface Recording {
  /** In [−1, 1], or beyond where a float file or the resampler went there. */
  readonly audio: Float32Array;
  /** Hz, of `audio`. */
  readonly samplingRate: number;
  readonly original: {
    readonly samplingRate: number;
    readonly channels: number;
    readonly format: string;
    readonly samples: number;
    /** Largest magnitude, of the channels' mix; over 1 is louder than full scale. */
    readonly peak: number;
    /** The same of the loudest channel alone. */
    readonly channelPeak: number;
    /** Share of samples that stand flat at the peak, as where a recorder was overdriven. */
    readonly clipped: number;
  };
}

/** Hz. What lies beyond is a broken header, and resampling it would make hours of a second, or nothing. */
const RATES = { least: 1000, most: 1_000_000 };

/** @throws UserError where no recording has that rate */
export function checkRate(samplingRate: number, shown: string): void {
  if (samplingRate >= RATES.least && samplingRate <= RATES.most) return;
  throw new UserError(
    `${shown}: its header says ${samplingRate} Hz and must say from ${RATES.least} to ${RATES.most}, because no recording of speech has another rate; correct the header or convert it again`,
  );
}

/** Reads recordings at one rate; keeps the filters of the rates that it meets. */
export class RecordingReader {
  readonly #context: Context;
  readonly #samplingRate: number;
  readonly #resamplers = new Map<number, Resampler>();

  constructor(context: Context, samplingRate: number) {
    this.#context = context;
    this.#samplingRate = samplingRate;
  }

  /**
   * @param path a recording, or `-`
   * @param shown what to call it
   * @throws UserError naming the file and the cure
   */
  async read(path: string, shown: string): Promise<Recording> {
    return this.decode(await readInput(this.#context, path, shown), shown);
  }

  /** The same of bytes that were read already. */
  async decode(bytes: Uint8Array, shown: string): Promise<Recording> {
    await refuseForeignInput(bytes, shown, {
      wanted: `a recording (${RECORDING_KINDS})`,
      kinds: ['wav'],
      source: sourceOfBytes(bytes),
    });
    const { samplingRate, channels, encoding } = await readRecording(bytes, shown);
    checkRate(samplingRate, shown);
    const mono = toMono(channels);
    if (mono.length === 0)
      throw new UserError(`${shown}: it has no samples; record or convert it again`);
    const original = {
      samplingRate,
      channels: channels.length,
      format: encoding,
      samples: mono.length,
      peak: peak(mono),
      channelPeak: Math.max(...channels.map(peak)),
      clipped: clippedShare(channels),
    };
    const audio = samplingRate === this.#samplingRate ? mono : this.#resample(mono, samplingRate);
    return { audio, samplingRate: this.#samplingRate, original };
  }

  #resample(audio: Float32Array, from: number): Float32Array {
    let resampler = this.#resamplers.get(from);
    if (!resampler) {
      resampler = createResampler(from, this.#samplingRate);
      this.#resamplers.set(from, resampler);
    }
    return resampler.resample(audio);
  }
}

/** The recording, or why it cannot be read, whatever it is: one bad file among many stops nothing. */
export async function readOrReason(
  reader: RecordingReader,
  { path, shown }: FoundFile,
): Promise<Recording | string> {
  try {
    return await reader.read(path, shown);
  } catch (error) {
    return explain(error).replace(`${shown}: `, '');
  }
}

/** @throws UserError in words for people */
export async function readRecording(bytes: Uint8Array, shown: string): Promise<DecodedAudio> {
  try {
    return await decodeAudio(bytes, shown);
  } catch (error) {
    if (!(error instanceof AudioError)) throw error;
    throw new UserError(`${shown}: ${error.problem}`, { cause: error });
  }
}
