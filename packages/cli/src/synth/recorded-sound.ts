import { createWavDecoder, toMono, WavError } from '@hifigan/audio';
import { AudioError, decodeAudio, recognizeAudio } from '@hifigan/codecs';
import { UserError } from '../errors.js';
import { peak } from '../files/peak.js';
import type { Input } from './input.js';

/** A recording that is read while it is spoken. */
export interface RecordedSound {
  /** Hz. */
  readonly samplingRate: number;
  /** Of each channel, where that is known before. */
  readonly samples?: number;
  /** All channels mixed into one, in pieces of any lengths. */
  readonly mono: AsyncIterable<Float32Array>;
  /** What it was like; of all that was read so far. */
  facts(): SoundFacts;
}

/** What notices of recordings are made of. */
export interface SoundFacts {
  /** Hz. */
  readonly samplingRate: number;
  readonly channels: number;
  /** Largest magnitude of the mix, and of the loudest channel alone. */
  readonly peak: number;
  readonly channelPeak: number;
}

/** Samples of a piece of what had to be decoded whole. */
const PIECE_SAMPLES = 1 << 16;

/**
 * Opens a recording. WAV is decoded piece by piece; what is compressed is decoded whole, as damage must be found before any of it is
 * used.
 *
 * @throws UserError where it is none that can be read
 */
export async function openSound(input: Input): Promise<RecordedSound> {
  const { bytes, shown } = input;
  if (recognizeAudio(await bytes.peek(HEAD_BYTES)) === 'wav') return openWav(input);
  const { channels, samplingRate } = await decodeAudio(await bytes.rest(), shown).catch(
    (error: unknown) => refuse(error, shown),
  );
  const samples = channels[0].length;
  return measured(samplingRate, samples, pieces());

  async function* pieces() {
    for (let at = 0; at < samples; at += PIECE_SAMPLES) {
      yield channels.map((channel) => channel.subarray(at, at + PIECE_SAMPLES));
    }
  }
}

const HEAD_BYTES = 512;

async function openWav({ bytes, source, shown }: Input): Promise<RecordedSound> {
  const decoder = createWavDecoder({ fileBytes: source?.size, where: shown });
  const decode = (work: () => Float32Array[]) => {
    try {
      return work();
    } catch (error) {
      return refuse(error, shown);
    }
  };
  let first: Float32Array[] = [];
  let ended = false;
  while (!decoder.header && !ended) {
    const some = await bytes.next();
    ended = some === undefined;
    first = decode(() => (some ? decoder.push(some) : decoder.end()));
  }
  const { samplingRate, frames } = decoder.header!;
  return measured(samplingRate, Number.isFinite(frames) ? frames : undefined, pieces());

  async function* pieces() {
    yield first;
    if (ended) return;
    for (let some = await bytes.next(); some; some = await bytes.next()) {
      const piece = some;
      yield decode(() => decoder.push(piece));
    }
    yield decode(() => decoder.end());
  }
}

/** Mixes channels, and keeps what is told of them. */
function measured(
  samplingRate: number,
  samples: number | undefined,
  pieces: AsyncIterable<Float32Array[]>,
): RecordedSound {
  const facts = { samplingRate, channels: 1, peak: 0, channelPeak: 0 };
  return { samplingRate, samples, mono: mixed(), facts: () => facts };

  async function* mixed() {
    for await (const channels of pieces) {
      if (channels.length === 0) continue;
      const mono = toMono(channels);
      facts.channels = channels.length;
      facts.peak = Math.max(facts.peak, peak(mono));
      facts.channelPeak = Math.max(facts.channelPeak, ...channels.map(peak));
      yield mono;
    }
  }
}

function refuse(error: unknown, shown: string): never {
  if (!(error instanceof AudioError || error instanceof WavError)) throw error;
  throw new UserError(`${shown}: ${error.problem}`, { cause: error });
}
