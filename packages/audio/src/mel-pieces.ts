import { requireFinite } from './frames.js';
import type { ProfileAnalysis } from './mel-profile/analyze-profile.js';
import type { Mel } from './mel-spectrogram.js';

export interface MelPiecesOptions {
  /** Frames of a piece; the last may have fewer. Default 256. */
  readonly frames?: number;
}

/**
 * The mel of a recording that comes by pieces: joined, the same frames as `analyze` makes of the whole, within the last
 * bit. A piece comes as soon as the last sample of its last transform has come. Holds a piece and the overlap of two
 * transforms. Of a profile that is normalised by its loudest value the
 * whole must be known: then all comes at once, at the end.
 *
 * @param audio samples in [−1, 1] at the profile's rate, cut anyhow
 * @throws RangeError where the audio is too short or not finite, as `analyze` does
 */
export async function* melPieces(
  audio: AsyncIterable<Float32Array> | Iterable<Float32Array>,
  { profile, analyze }: Pick<ProfileAnalysis, 'profile' | 'analyze'>,
  { frames = 256 }: MelPiecesOptions = {},
): AsyncGenerator<Mel> {
  const { fftSize, hopSize, framing, normalisation } = profile;
  const before = framing === 'centred' ? fftSize >> 1 : (fftSize - hopSize) / 2;
  // Frames whose transform reaches over a cut see it mirrored. An even number: transforms may take frames in pairs.
  const margin = 2 * Math.ceil(Math.ceil((before + 1) / hopSize) / 2);
  const size = 2 * Math.ceil(frames / 2);
  const whole = normalisation?.kind === 'peak';
  const buffer = new SampleBuffer();
  /** First frame of the buffer, and the first that is still to be made. */
  let origin = 0;
  let next = 0;
  for await (const piece of audio) {
    requireFinite(piece, 'melPieces');
    buffer.push(piece);
    if (whole) continue;
    for (;;) {
      // Up to the end of the last transform, which then sees nothing that is mirrored behind.
      const needed = (next - origin + size - 1) * hopSize - before + fftSize;
      if (buffer.length < needed) break;
      yield piecesOf(analyze(buffer.view(needed)), next - origin, next - origin + size);
      next += size;
      const first = Math.max(0, next - margin);
      buffer.drop((first - origin) * hopSize);
      origin = first;
    }
  }
  const rest = analyze(buffer.view(buffer.length));
  for (let from = next - origin; from < rest.frames; from += size) {
    yield piecesOf(rest, from, Math.min(from + size, rest.frames));
  }
}

function piecesOf({ data, mels }: Mel, from: number, to: number): Mel {
  return { data: data.slice(from * mels, to * mels), frames: to - from, mels };
}

/** Samples that are put in at one end and taken out at the other. */
class SampleBuffer {
  #samples = new Float32Array(1 << 16);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  push(samples: Float32Array): void {
    if (this.#end + samples.length > this.#samples.length) {
      const held = this.view(this.length);
      const room = 2 * (held.length + samples.length);
      const roomy = room > this.#samples.length ? new Float32Array(room) : this.#samples;
      roomy.set(held);
      this.#samples = roomy;
      this.#end = held.length;
      this.#start = 0;
    }
    this.#samples.set(samples, this.#end);
    this.#end += samples.length;
  }

  /** The first so many; valid until the next is put in. */
  view(length: number): Float32Array {
    return this.#samples.subarray(this.#start, this.#start + length);
  }

  drop(length: number): void {
    this.#start += length;
  }
}
