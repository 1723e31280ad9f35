import { createResampler } from '@hifigan/audio';

/** Output samples of a block, about. */
const BLOCK = 1 << 15;
/** Zero crossings of the filter to each side, with its cut-off below half the rate: more than it reaches. */
const CROSSINGS = 80;

/**
 * Resamples what comes piece by piece: joined, the same samples as of the whole. Holds a block and what the filter sees to its
 * sides.
 */
export async function* resampled(
  audio: AsyncIterable<Float32Array>,
  from: number,
  to: number,
): AsyncGenerator<Float32Array> {
  if (from === to) {
    yield* audio;
    return;
  }
  const resampler = createResampler(from, to);
  const divisor = greatestCommonDivisor(from, to);
  // Blocks begin where both grids meet.
  const period = from / divisor;
  const periods = (samples: number) => period * Math.ceil(samples / period);
  const margin = periods(CROSSINGS * Math.max(1, from / to));
  const block = periods((BLOCK * from) / to);
  const outputOf = (samples: number) => (samples / from) * to;
  let held = new Float32Array();
  /** Samples at the beginning of `held` that are only seen. */
  let seen = 0;
  for await (const piece of audio) {
    held = joined(held, piece);
    while (held.length >= seen + block + margin) {
      const result = resampler.resample(held.subarray(0, seen + block + margin));
      yield result.slice(outputOf(seen), outputOf(seen + block));
      const next = Math.min(margin, seen + block);
      held = held.slice(seen + block - next);
      seen = next;
    }
  }
  yield resampler.resample(held).slice(outputOf(seen));
}

function joined(first: Float32Array, second: Float32Array): Float32Array<ArrayBuffer> {
  const both = new Float32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
