import { complexBuffer, createFourier, type Fourier } from './fourier.js';
import { type FramePlan, framePlan } from './frames.js';
import { checkMel } from './mel-array.js';
import { bandSegments, melFilterbank } from './mel-filterbank.js';
import type { MelOptions } from './mel-options.js';
import type { Mel } from './mel-spectrogram.js';
import { SampleQueue } from './sample-queue.js';

/** How audio is refined; the mel's own options come with it. */
export interface MelRefinementOptions extends MelOptions {
  /** How often the whole is brought nearer: a whole number of at least 1. */
  readonly rounds: number;
  /**
   * Hz above which there is to be silence; where left out, what lies above the highest band stays. A vocoder makes
   * anything there if its recordings had nothing and its loss did not look.
   */
  readonly bandwidth?: number;
}

/** Brings audio that comes in parts nearer to the mel that it shall have. */
export interface MelRefinement {
  /** The next frames of the mel, natural logarithms of magnitudes; they may come long before their samples. */
  addMel(mel: Mel): void;
  /** @returns the samples that are now certain: all but some three and a half frames a round */
  push(audio: Float32Array): Float32Array;
  /**
   * Ends the audio.
   *
   * @returns the samples that are left: as many come out as went in
   * @throws RangeError where the mel has not as many frames as the audio
   */
  end(): Float32Array;
}

// Each round goes on beyond its result: by a quarter of the way that it went, which is what the next result starts from
// and the sound that is handed out, and by further three quarters to the point that the next round brings nearer. Nenov,
// Nguyen, Balazs and Boţ, "Faster than Fast: Accelerating the Griffin-Lim Algorithm" (2023), with β = 0. On the packaged
// voice 24 rounds so do what 32 of Perraudin's do, and 100 without either (docs/experiment-log.md).
const RELAXATION = 0.25;
const MOMENTUM = 0.75;
/** How often the magnitudes of a frame are shared out anew: a bin lies in two bands, which want different things. */
const SHARINGS = 3;
/** Sums of bands up to this, in a mel, stand for anything below it. */
const FLOOR = 1e-5 * (1 + 1e-6);
/** Hops that go through all rounds at a time. */
const BLOCK = 16;
/** Beside a sum of magnitudes: nothing. */
const NOTHING = 1e-12;

/**
 * Plans the refinement of audio by its mel: alternating projections (Griffin and Lim 1984), but onto all audio of that
 * mel, where Griffin-Lim knows of one spectrum only that has it. In each round every bin of every frame is multiplied
 * by what its bands are short of, and keeps its phase and its share; then the frames are added up again. So it needs
 * audio to begin with, of a vocoder, whose harmonics it keeps: what the mel says becomes true, what it leaves open stays.
 *
 * Audio of at most (nFft − hopSize)/2 samples has no mel, and stays as it is.
 *
 * @throws RangeError where the options are impossible
 */
export function createMelRefinement({
  rounds,
  bandwidth = Number.POSITIVE_INFINITY,
  ...options
}: MelRefinementOptions): MelRefinement {
  if (!Number.isSafeInteger(rounds) || rounds < 1) {
    throw new RangeError(
      `createMelRefinement: rounds=${rounds} must be a whole number of at least 1, because so often the audio is brought nearer; 32 is usual`,
    );
  }
  if (!(bandwidth > 0)) {
    throw new RangeError(
      `createMelRefinement: bandwidth=${bandwidth} must be above 0 Hz, because above it is silence; leave it out for all of the band`,
    );
  }
  const { numMels, hopSize } = options;
  const projection = new Projection(options, bandwidth);
  const targets = new SampleQueue();
  const all = Array.from({ length: rounds }, () => new Round(projection, targets));
  const [first] = all;
  const last = all[rounds - 1];
  const made = new SampleQueue();
  let received = 0;

  const advance = (total?: number): void => {
    for (const [index, round] of all.entries())
      round.run(all[index + 1] ?? { estimate: made }, total);
    targets.dropBefore(last.frame * numMels);
  };
  const take = (): Float32Array => {
    const taken = Float32Array.from(made.read(made.start, made.end));
    made.dropBefore(made.end);
    return taken;
  };

  return {
    addMel(mel) {
      checkMel(mel, numMels, 'MelRefinement.addMel: mel');
      targets.append(Float64Array.from(mel.data, Math.exp));
    },
    push(audio) {
      received += audio.length;
      // A little at a time through all rounds, so that none of them ever holds much.
      for (let at = 0; at < audio.length; at += BLOCK * hopSize) {
        const samples = Float64Array.from(audio.subarray(at, at + BLOCK * hopSize));
        first.point.append(samples);
        first.estimate.append(samples);
        advance();
      }
      return take();
    },
    end() {
      const frames = targets.end / numMels;
      if (received !== frames * hopSize) {
        throw new RangeError(
          `MelRefinement.end: ${received} samples must be ${frames * hopSize}, because the mel has ${frames} frames of hopSize=${hopSize}; give all of both, and no more`,
        );
      }
      if (received <= projection.plan.padding) {
        return Float32Array.from(first.point.read(0, received));
      }
      advance(received);
      return take();
    },
  };
}

/** What a round brings forth. */
interface Sink {
  /** What the next round is to bring nearer; of the last nobody wants it. */
  readonly point?: SampleQueue;
  /** What was reached. */
  readonly estimate: SampleQueue;
}

/** One round over all the audio, as it comes from the round before. */
class Round implements Sink {
  /** What is brought nearer. */
  readonly point = new SampleQueue();
  /** What was reached before: the momentum is counted from it. */
  readonly estimate = new SampleQueue();
  /** Frames that are done. */
  frame = 0;
  readonly #projection: Projection;
  readonly #targets: SampleQueue;
  /** Of the frames, from the first sample on that is not certain yet. */
  readonly #sum: Float64Array;
  #made = 0;

  constructor(projection: Projection, targets: SampleQueue) {
    this.#projection = projection;
    this.#targets = targets;
    const { nFft, hopSize } = projection.plan;
    this.#sum = new Float64Array(nFft + 2 * hopSize);
  }

  /**
   * Does what can be done, two frames at a time, always the same two.
   *
   * @param next takes what comes of it
   * @param total samples of the whole, where that is known
   */
  run(next: Sink, total?: number): void {
    const { nFft, hopSize, padding } = this.#projection.plan;
    const frames = total === undefined ? Number.POSITIVE_INFINITY : total / hopSize;
    while (this.frame < frames) {
      const end = (this.frame + 1) * hopSize - padding + nFft;
      if (total === undefined && !this.#has(end, this.frame + 2)) return;
      const count = Math.min(2, frames - this.frame);
      this.#addFrames(count, (total ?? end) - 1);
      this.frame += count;
      const certain = this.frame < frames ? this.frame * hopSize - padding : (total as number);
      this.#release(Math.max(0, certain), frames, next);
      const needed = this.frame * hopSize - padding;
      // The mirror image at the end reaches back as far as a frame overhangs.
      this.point.dropBefore(Math.min(needed, this.point.end - padding - 1));
    }
  }

  #has(samples: number, frames: number): boolean {
    return (
      this.point.end >= samples && this.#targets.end >= frames * this.#projection.options.numMels
    );
  }

  #addFrames(count: number, lastSample: number): void {
    const { hopSize, padding, windowStart, winSize, window } = this.#projection.plan;
    const { numMels } = this.#projection.options;
    const begin = this.frame * hopSize - padding + windowStart;
    const time = this.#projection.project(
      this.point,
      { begin, count, lastSample },
      this.#targets.read(this.frame * numMels, (this.frame + count) * numMels),
    );
    const sum = this.#sum;
    const made = this.#made;
    for (let part = 0; part < count; part++) {
      const start = begin + part * hopSize;
      for (let i = Math.max(0, -start); i < winSize; i++) {
        sum[start + i - made] += window[i] * time[2 * (windowStart + i) + part];
      }
    }
  }

  /** Hands out the samples before `end`, of a whole of so many frames. */
  #release(end: number, frames: number, next: Sink): void {
    const count = end - this.#made;
    if (count <= 0) return;
    const before = this.estimate.read(this.#made, end);
    const reached = new Float64Array(count);
    const point = new Float64Array(count);
    const sum = this.#sum;
    this.#projection.overlap.divide(sum, this.#made, count, frames);
    for (let i = 0; i < count; i++) {
      reached[i] = sum[i] + RELAXATION * (sum[i] - before[i]);
      point[i] = reached[i] + MOMENTUM * (reached[i] - before[i]);
    }
    sum.copyWithin(0, count).fill(0, -count);
    this.#made = end;
    this.estimate.dropBefore(end);
    next.estimate.append(reached);
    next.point?.append(point);
  }
}

/** Brings two frames to the mel that they shall have. */
class Projection {
  readonly options: MelOptions;
  readonly plan: FramePlan;
  readonly overlap: Overlap;
  readonly #fourier: Fourier;
  readonly #time: number[];
  readonly #spectrum: number[];
  readonly #result: number[];
  readonly #gains: readonly [BandGains, BandGains];

  constructor(options: MelOptions, bandwidth: number) {
    this.options = options;
    this.plan = framePlan(options);
    this.overlap = new Overlap(this.plan);
    this.#fourier = createFourier(options.nFft);
    this.#time = complexBuffer(options.nFft);
    this.#spectrum = complexBuffer(options.nFft);
    this.#result = complexBuffer(options.nFft);
    this.#gains = [new BandGains(options, bandwidth), new BandGains(options, bandwidth)];
  }

  /**
   * @param frames where the window of the first one begins, how many they are (1 or 2), and the last sample, at which
   * what lies behind it is mirrored
   * @param targets of each frame the sums of its bands
   * @returns their samples, the frames as real and imaginary part
   */
  project(
    audio: SampleQueue,
    {
      begin,
      count,
      lastSample,
    }: { readonly begin: number; readonly count: number; readonly lastSample: number },
    targets: Float64Array,
  ): number[] {
    const { nFft, hopSize, winSize, windowStart, window } = this.plan;
    const { numMels } = this.options;
    const [time, spectrum] = [this.#time, this.#spectrum];
    for (let part = 0; part < 2; part++) {
      const start = begin + part * hopSize;
      const at = 2 * windowStart + part;
      if (part === count) {
        for (let i = 0; i < winSize; i++) time[at + 2 * i] = 0;
      } else if (start >= 0 && start + winSize <= lastSample + 1) {
        const samples = audio.read(start, start + winSize);
        for (let i = 0; i < winSize; i++) time[at + 2 * i] = samples[i] * window[i];
      } else {
        for (let i = 0; i < winSize; i++) {
          time[at + 2 * i] = audio.at(mirroredOnce(start + i, lastSample)) * window[i];
        }
      }
    }
    this.#fourier.forward(spectrum, time);
    // Two real frames went through one complex transform; their symmetries separate them, and join them again.
    const [even, odd] = this.#gains;
    for (let bin = 0, mirror = 0; 2 * bin <= nFft; bin++, mirror = nFft - bin) {
      const re = spectrum[2 * bin];
      const im = spectrum[2 * bin + 1];
      const mirrorRe = spectrum[2 * mirror];
      const mirrorIm = spectrum[2 * mirror + 1];
      const a = re + mirrorRe;
      const b = im - mirrorIm;
      const c = im + mirrorIm;
      const d = mirrorRe - re;
      even.magnitudes[bin] = Math.sqrt(a * a + b * b) / 2;
      odd.magnitudes[bin] = Math.sqrt(c * c + d * d) / 2;
    }
    even.find(targets, 0);
    if (count > 1) odd.find(targets, numMels);
    for (let bin = 0, mirror = 0; 2 * bin <= nFft; bin++, mirror = nFft - bin) {
      const gainA = even.gains[bin] / 2;
      const gainB = odd.gains[bin] / 2;
      const re = spectrum[2 * bin];
      const im = spectrum[2 * bin + 1];
      const mirrorRe = spectrum[2 * mirror];
      const mirrorIm = spectrum[2 * mirror + 1];
      const aRe = gainA * (re + mirrorRe);
      const aIm = gainA * (im - mirrorIm);
      const bRe = gainB * (im + mirrorIm);
      const bIm = gainB * (mirrorRe - re);
      spectrum[2 * mirror] = aRe + bIm;
      spectrum[2 * mirror + 1] = bRe - aIm;
      spectrum[2 * bin] = aRe - bIm;
      spectrum[2 * bin + 1] = aIm + bRe;
    }
    this.#fourier.inverse(this.#result, spectrum);
    return this.#result;
  }
}

/** The sums of squared windows that lie over each sample, by which an overlap-add is divided. */
class Overlap {
  readonly #plan: FramePlan;
  /** One over the sum, of each sample of a hop that has all its frames. */
  readonly #steady: Float64Array;

  constructor(plan: FramePlan) {
    this.#plan = plan;
    const { hopSize, nFft } = plan;
    const far = Math.ceil(nFft / hopSize) * hopSize;
    this.#steady = Float64Array.from({ length: hopSize }, (_, i) =>
      this.#inverse(far + i, Number.POSITIVE_INFINITY),
    );
  }

  /** Divides `count` values, the first of them sample `from`, of a whole of so many frames. */
  divide(values: Float64Array, from: number, count: number, frames: number): void {
    const { hopSize, nFft, padding } = this.#plan;
    const steady = this.#steady;
    // Before and behind these not all frames are there.
    const first = Math.min(Math.max(nFft - padding - from, 0), count);
    const last = Math.max(first, Math.min(frames * hopSize - padding - from, count));
    for (let i = 0; i < first; i++) values[i] *= this.#inverse(from + i, frames);
    for (let i = first, at = (from + first) % hopSize; i < last; i++) {
      values[i] *= steady[at];
      at = at + 1 === hopSize ? 0 : at + 1;
    }
    for (let i = last; i < count; i++) values[i] *= this.#inverse(from + i, frames);
  }

  #inverse(sample: number, frames: number): number {
    const { hopSize, padding, windowStart, winSize, window } = this.#plan;
    const at = sample + padding - windowStart;
    const last = Math.min(frames - 1, Math.floor(at / hopSize));
    let sum = 0;
    for (let frame = Math.max(0, Math.ceil((at - winSize + 1) / hopSize)); frame <= last; frame++) {
      sum += window[at - frame * hopSize] ** 2;
    }
    return sum > 1e-10 ? 1 / sum : 0;
  }
}

/** What the bins of a frame are multiplied by, so that its bands are those of its mel. */
class BandGains {
  /** Of the frame as it is, `[bins]`. */
  readonly magnitudes: Float64Array;
  readonly gains: Float64Array;
  /** Before any band has looked: 1, and 0 where silence is to be. */
  readonly #open: Float64Array;
  readonly #start: Int32Array;
  readonly #rising: Float64Array;
  readonly #falling: Float64Array;
  /** Of a bin's weight, that in the higher of its bands. */
  readonly #share: Float64Array;
  readonly #sums: Float64Array;

  constructor(options: MelOptions, bandwidth: number) {
    const { start, rising, falling } = bandSegments(melFilterbank(options), options.numMels);
    this.#start = start;
    this.#rising = rising;
    this.#falling = falling;
    this.#share = rising.map((value, bin) => value / (value + falling[bin]));
    this.#sums = new Float64Array(options.numMels);
    this.magnitudes = new Float64Array(rising.length);
    const { samplingRate, nFft } = options;
    this.#open = rising.map((_, bin) => ((bin * samplingRate) / nFft > bandwidth ? 0 : 1));
    this.gains = this.#open.slice();
  }

  /** @param from where the bands of the frame begin in `targets` */
  find(targets: Float64Array, from: number): void {
    const { magnitudes, gains } = this;
    const start = this.#start;
    const rising = this.#rising;
    const falling = this.#falling;
    const share = this.#share;
    const sums = this.#sums;
    const bands = sums.length;
    gains.set(this.#open);
    for (let sharing = 0; sharing < SHARINGS; sharing++) {
      let before = 0;
      for (let band = 0; band < bands; band++) {
        let sum = 0;
        let sumBefore = before;
        for (let bin = start[band]; bin < start[band + 1]; bin++) {
          const magnitude = magnitudes[bin] * gains[bin];
          sum += rising[bin] * magnitude;
          sumBefore += falling[bin] * magnitude;
        }
        if (band > 0) sums[band - 1] = sumBefore;
        before = sum;
      }
      sums[bands - 1] = before;
      // Sums become what they are short of.
      for (let band = 0; band < bands; band++) {
        const target = targets[from + band];
        const gain = target / (sums[band] + NOTHING);
        sums[band] = target <= FLOOR && gain > 1 ? 1 : gain;
      }
      for (let band = 0; band < bands; band++) {
        const gain = sums[band];
        const gainBefore = band > 0 ? sums[band - 1] : gain;
        for (let bin = start[band]; bin < start[band + 1]; bin++) {
          gains[bin] *= gainBefore + share[bin] * (gain - gainBefore);
        }
      }
    }
  }
}

/** As `mirrored`, of sound that is longer than what lies beside it. */
function mirroredOnce(index: number, last: number): number {
  const inside = index < 0 ? -index : index;
  return inside > last ? 2 * last - inside : inside;
}
