/** Shape of the resampling filter, in the terms of `torchaudio.functional.resample` (method `sinc_interp_kaiser`). */
export interface ResampleOptions {
  /** Zero crossings of the sinc on each side: more is sharper and slower. */
  readonly lowpassFilterWidth?: number;
  /** Cut-off as a share of the lower half rate. */
  readonly rolloff?: number;
  /** Shape of the Kaiser window: more is less ripple and a wider edge. */
  readonly beta?: number;
}

/**
 * The default: torchaudio's setting for `resampy`'s kaiser_best
 * (https://docs.pytorch.org/audio/stable/tutorials/audio_resampling_tutorial.html).
 */
export const kaiserBest = {
  lowpassFilterWidth: 64,
  rolloff: 0.9475937167399596,
  beta: 14.769656459379492,
} as const satisfies ResampleOptions;

/** A quarter of the work, with more loss near the cut-off: torchaudio's setting for `resampy`'s kaiser_fast. */
export const kaiserFast = {
  lowpassFilterWidth: 16,
  rolloff: 0.85,
  beta: 8.555504641634386,
} as const satisfies ResampleOptions;

/** Changes the rate of any number of recordings; the filter is made once. */
export interface Resampler {
  readonly from: number;
  readonly to: number;
  /** @returns ⌈samples · to / from⌉ samples */
  resample(audio: Float32Array): Float32Array;
  /** Begins a recording that comes in parts. */
  stream(): StreamingResampler;
}

/**
 * Changes the rate of one recording that comes in parts; all together are, to the bit, what `resample` makes of the
 * whole.
 */
export interface StreamingResampler {
  /** @returns the samples that are now certain, which may be none: the filter looks ahead */
  push(audio: Float32Array): Float32Array;
  /** Ends the recording. @returns the samples that are left */
  end(): Float32Array;
}

// Up to here all phases' taps are kept (64 MiB); beyond, each is made when its turn comes.
const KEPT_TAPS = 8 * 1024 * 1024;

interface Phase {
  /** First input sample relative to the block's. */
  readonly first: number;
  readonly taps: Float64Array;
}

/**
 * Plans band-limited resampling: a windowed sinc with its cut-off below half of the lower rate, one set of taps
 * for each phase of the output, computed in float64.
 *
 * @param from rate of the input, Hz
 * @param to rate of the output, Hz
 * @throws RangeError where a rate is no whole number, or an option is impossible
 */
export function createResampler(
  from: number,
  to: number,
  options: ResampleOptions = {},
): Resampler {
  const { lowpassFilterWidth, rolloff, beta } = { ...kaiserBest, ...options };
  checkResampling(from, to, { lowpassFilterWidth, rolloff, beta });
  if (from === to) {
    const copy = (audio: Float32Array) => audio.slice();
    return {
      ...{ from, to, resample: copy },
      stream: () => ({ push: copy, end: () => new Float32Array(0) }),
    };
  }
  const divisor = greatestCommonDivisor(from, to);
  // The engine keeps quotients as fractions, and indexes with fractions at a fifth of the speed: hence | 0.
  const input = (from / divisor) | 0;
  const output = (to / divisor) | 0;
  const cutoff = Math.min(input, output) * rolloff;
  const reach = (lowpassFilterWidth * input) / cutoff;
  const normaliser = besselI0(beta);

  const makePhase = (phase: number): Phase => {
    // The output sample lies at `centre` on the input's grid; taps beyond the reach are zero.
    const centre = (phase * input) / output;
    const first = Math.ceil(centre - reach) | 0;
    const taps = new Float64Array(Math.floor(centre + reach) - first + 1);
    for (let i = 0; i < taps.length; i++) {
      const t = ((first + i) / input - phase / output) * cutoff;
      const ratio = t / lowpassFilterWidth;
      const window = besselI0(beta * Math.sqrt(Math.max(0, 1 - ratio * ratio))) / normaliser;
      const sinc = t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t);
      taps[i] = (window * sinc * cutoff) / input;
    }
    return { first, taps };
  };
  const kept: Phase[] | undefined =
    output * (2 * reach + 1) <= KEPT_TAPS
      ? Array.from({ length: output }, (_, phase) => makePhase(phase))
      : undefined;

  return {
    from,
    to,
    resample(audio) {
      const result = new Float32Array(Math.ceil((audio.length * output) / input));
      for (let phase = 0; phase < Math.min(output, result.length); phase++) {
        const { first, taps } = kept ? kept[phase] : makePhase(phase);
        for (let at = phase, start = first; at < result.length; at += output, start += input) {
          result[at] = dot(taps, audio, start);
        }
      }
      return result;
    },
    stream: () =>
      new PhasedStream((phase) => (kept ? kept[phase] : makePhase(phase)), input, output),
  };
}

/** Resampling of what comes in parts. */
class PhasedStream implements StreamingResampler {
  readonly #phaseAt: (phase: number) => Phase;
  readonly #input: number;
  readonly #output: number;
  // What is still needed, from the sample `start` of the recording on.
  #held = new Float32Array(0);
  #start = 0;
  #made = 0;

  /** @param input samples of a period of the phases, which makes `output` samples */
  constructor(phaseAt: (phase: number) => Phase, input: number, output: number) {
    this.#phaseAt = phaseAt;
    this.#input = input;
    this.#output = output;
  }

  push(audio: Float32Array): Float32Array {
    const joined = new Float32Array(this.#held.length + audio.length);
    joined.set(this.#held);
    joined.set(audio, this.#held.length);
    this.#held = joined;
    return this.#make(false);
  }

  end(): Float32Array {
    return this.#make(true);
  }

  #make(ended: boolean): Float32Array {
    const received = this.#start + this.#held.length;
    const length = Math.ceil((received * this.#output) / this.#input);
    const result = new Float32Array(length - this.#made);
    let count = 0;
    let needed = this.#start;
    for (; count < result.length; count++) {
      const phase = this.#made % this.#output;
      const { first, taps } = this.#phaseAt(phase);
      needed = first + ((this.#made - phase) / this.#output) * this.#input;
      if (!ended && needed + taps.length > received) break;
      result[count] = dot(taps, this.#held, (needed - this.#start) | 0);
      this.#made += 1;
    }
    const past = Math.min(Math.max(0, needed - this.#start), this.#held.length);
    this.#held = this.#held.subarray(past);
    this.#start += past;
    return result.subarray(0, count);
  }
}

/**
 * Resamples a recording that comes in parts.
 *
 * @param parts samples at `from` Hz, in parts of any lengths
 * @returns parts at `to` Hz that together are, to the bit, what {@link resample} makes of the whole
 * @throws RangeError as {@link createResampler}
 */
export async function* resampleStream(
  parts: AsyncIterable<Float32Array> | Iterable<Float32Array>,
  from: number,
  to: number,
  options: ResampleOptions = {},
): AsyncGenerator<Float32Array, void, undefined> {
  const stream = createResampler(from, to, options).stream();
  for await (const part of parts) {
    const made = stream.push(part);
    if (made.length > 0) yield made;
  }
  const last = stream.end();
  if (last.length > 0) yield last;
}

/**
 * Resamples one recording; {@link createResampler} keeps the filter for many.
 *
 * @param audio samples at `from` Hz; silence is assumed before and after
 * @returns ⌈samples · to / from⌉ samples at `to` Hz
 */
export function resample(
  audio: Float32Array,
  from: number,
  to: number,
  options: ResampleOptions = {},
): Float32Array {
  return createResampler(from, to, options).resample(audio);
}

function dot(taps: Float64Array, audio: Float32Array, start: number): number {
  const begin = start < 0 ? 0 - start : 0;
  const end = Math.min(taps.length, audio.length - start) | 0;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let i = begin;
  // Four sums: one would wait for itself at every addition.
  for (; i + 3 < end; i += 4) {
    a += taps[i] * audio[start + i];
    b += taps[i + 1] * audio[start + i + 1];
    c += taps[i + 2] * audio[start + i + 2];
    d += taps[i + 3] * audio[start + i + 3];
  }
  for (; i < end; i++) a += taps[i] * audio[start + i];
  return a + b + (c + d);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

/** Modified Bessel function of the first kind and order zero, by its power series. */
export function besselI0(x: number): number {
  const quarter = (x * x) / 4;
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= quarter / (k * k);
    sum += term;
  }
  return sum;
}

/**
 * Looks at rates and options without making a filter, which takes from 0.1 s to seconds.
 *
 * @throws RangeError as {@link createResampler}
 */
export function checkResampling(from: number, to: number, options: ResampleOptions = {}): void {
  for (const [name, rate] of [
    ['from', from],
    ['to', to],
  ] as const) {
    if (!Number.isSafeInteger(rate) || rate < 1 || rate >= 2 ** 31) {
      throw new RangeError(
        `resample: ${name}=${rate} must be a whole number of Hz below 2^31, because the phases of the filter repeat by the ratio of the rates; round it`,
      );
    }
  }
  const { lowpassFilterWidth, rolloff, beta } = { ...kaiserBest, ...options };
  if (!Number.isSafeInteger(lowpassFilterWidth) || lowpassFilterWidth < 1) {
    throw new RangeError(
      `resample: lowpassFilterWidth=${lowpassFilterWidth} must be a whole number of at least 1, because it counts zero crossings; 64 is the default`,
    );
  }
  if (!(rolloff > 0 && rolloff <= 1)) {
    throw new RangeError(
      `resample: rolloff=${rolloff} must be above 0 and at most 1, because above half the rate there is no sound; 0.95 is about the default`,
    );
  }
  if (!(beta >= 0 && beta <= 500)) {
    throw new RangeError(
      `resample: beta=${beta} must be from 0 to 500, because it shapes a window; 14.77 is about the default`,
    );
  }
}
