import { toMono } from '@hifigan/audio';
import { AudioError, decodeAudioStream } from '@hifigan/codecs';
import { UserError } from '../errors.js';
import { peak } from '../files/peak.js';
import type { ByteReader } from './byte-reader.js';
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

/**
 * Opens a recording, to be decoded piece by piece. Damage is told where it is met.
 *
 * @throws UserError where it is none that can be read
 */
export async function openSound(
  { bytes, source, shown }: Input,
  signal: AbortSignal,
): Promise<RecordedSound> {
  const { samplingRate, frames, pieces } = await decodeAudioStream(rest(bytes), {
    ...{ where: shown, fileBytes: source?.size, signal },
  }).catch((error: unknown) => refuse(error, shown));
  return measured(samplingRate, frames, refusing(pieces, shown));
}

async function* rest(bytes: ByteReader): AsyncGenerator<Uint8Array> {
  for (let some = await bytes.next(); some; some = await bytes.next()) yield some;
}

async function* refusing<T>(pieces: AsyncIterable<T>, shown: string): AsyncGenerator<T> {
  try {
    yield* pieces;
  } catch (error) {
    refuse(error, shown);
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
      const mono = toMono(channels);
      facts.channels = channels.length;
      facts.peak = Math.max(facts.peak, peak(mono));
      facts.channelPeak = Math.max(facts.channelPeak, ...channels.map(peak));
      yield mono;
    }
  }
}

function refuse(error: unknown, shown: string): never {
  if (!(error instanceof AudioError)) throw error;
  throw new UserError(`${shown}: ${error.problem}`, { cause: error });
}
