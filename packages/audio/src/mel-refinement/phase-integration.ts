import type { FramePlan } from '../frames.js';
import type { MelOptions } from '../mel-options.js';
import { mulberry32 } from '../mulberry32.js';
import { BandGains } from './band-gains.js';

/** How often a flat spectrum is shared out until it is the mel's: as sharp as bands and their overlap allow. */
const FLAT_SHARINGS = 8;
/** Of the Gaussian that is nearest to a Hann window: width over height of its ambiguity, by its length squared. */
const HANN_RATIO = 0.25645;
/** Hz above which a frame that has its power there is noise, as fricatives are. */
const NOISE = 3000;
/** Beside a magnitude: nothing. */
const LEAST = 1e-12;
/** Which half of a number has its last bits: the first, but on big-endian hosts. */
const LOW_WORD = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 0 : 1;

/** What a mel says of the bins of one frame, the first that is in a band being 0. */
class Spectrum {
  readonly magnitudes: Float64Array;
  readonly logarithms: Float64Array;
  /** What their phases gain until the next frame. */
  readonly slopes: Float64Array;
  /** The bins, the strongest first. */
  readonly order: Int32Array;

  constructor(bins: number) {
    this.magnitudes = new Float64Array(bins);
    this.logarithms = new Float64Array(bins);
    this.slopes = new Float64Array(bins);
    this.order = Int32Array.from({ length: bins }, (_, bin) => bin);
  }
}

/**
 * Finds phases that go with a mel: the logarithm of a magnitude and the phase of a transform by a Gaussian window are
 * each other's derivatives, over time of the one as over frequency of the other. So slopes of the mel's magnitudes are
 * the phase's, and are summed up from bin to bin, the strongest first, of each frame from that before: Průša and
 * Søndergaard, "Real-Time Spectrogram Inversion Using Phase Gradient Heap Integration" (2016), with a frame's look
 * ahead. A window of Hann is nearly Gaussian. In place of their heap two sorted lists are merged, which is the same.
 *
 * Of noise this would make pulses, a hop apart: above {@link NOISE} Hz phases are as random as the share of the frame's
 * power there is large. Phases are those of frames that begin at their first sample; the same mel has the same ones.
 */
export class PhaseIntegration {
  /** The bins that have phases: those in bands, but for the two that are real. */
  readonly first: number;
  /** One more than the last of them. */
  readonly end: number;
  readonly #bands: BandGains;
  readonly #random = mulberry32(1);
  readonly #numMels: number;
  readonly #noiseFrom: number;
  /** What a phase gains from one frame to the next by its frequency, per bin. */
  readonly #turn: number;
  /** What it loses from a bin to the next, as frames begin half a window before their middle. */
  readonly #delay: number;
  /** By which slopes over time become those of phases over frequency, and their inverse the other way. */
  readonly #scale: number;
  /** What the phases gain from each bin of this frame to the next. */
  readonly #steps: Float64Array;
  readonly #done: Uint8Array;
  /** Magnitudes to be sorted. */
  readonly #keys: Float64Array;
  #before: Spectrum;
  #now: Spectrum;
  #next: Spectrum;
  /** Of the frame before, until those of this take their places. */
  readonly #phases: Float64Array;
  #begun = false;

  constructor(options: MelOptions, { nFft, hopSize, winSize, windowStart }: FramePlan) {
    this.#bands = new BandGains(options, Number.POSITIVE_INFINITY);
    this.first = Math.max(1, this.#bands.first);
    this.end = Math.max(this.first, Math.min(this.#bands.end, Math.ceil(nFft / 2)));
    const bins = this.end - this.first;
    this.#numMels = options.numMels;
    this.#noiseFrom = Math.ceil((NOISE * nFft) / options.samplingRate) - this.first;
    this.#turn = (2 * Math.PI * hopSize) / nFft;
    this.#delay = (2 * Math.PI * (windowStart + winSize / 2)) / nFft;
    this.#scale = (HANN_RATIO * winSize * winSize) / (hopSize * nFft);
    this.#steps = new Float64Array(Math.max(0, bins - 1));
    this.#done = new Uint8Array(bins);
    this.#keys = new Float64Array(bins);
    this.#before = new Spectrum(bins);
    this.#now = new Spectrum(bins);
    this.#next = new Spectrum(bins);
    this.#phases = new Float64Array(bins);
  }

  /**
   * Goes on to the next frame.
   *
   * @param phases takes its phases in radians, each at its bin
   * @param targets what the bands of frames sum up to, row-major
   * @param row the row of this frame; the one behind it, unless the frame is the last, is that of the next
   */
  next(phases: Float64Array, targets: Float64Array, row: number): void {
    const spent = this.#before;
    this.#before = this.#now;
    this.#now = this.#next;
    this.#next = spent;
    const isFirst = !this.#begun;
    const isLast = (row + 2) * this.#numMels > targets.length;
    this.#begun = true;
    if (isFirst) this.#look(this.#now, targets, row);
    if (!isLast) this.#look(this.#next, targets, row + 1);
    const before = isFirst ? this.#now : this.#before;
    const after = isLast ? this.#now : this.#next;
    this.#findSteps(before, after, isFirst || isLast ? 1 : 2);
    if (isFirst) this.#begin();
    else this.#goOn();
    const { first } = this;
    const noise = this.#shareOfNoise() * Math.PI;
    for (let bin = 0; bin < this.#phases.length; bin++) {
      const stray = bin < this.#noiseFrom ? 0 : noise * (2 * this.#random() - 1);
      phases[first + bin] = this.#phases[bin] + stray;
    }
  }

  #look({ magnitudes, logarithms, slopes, order }: Spectrum, targets: Float64Array, row: number) {
    const bands = this.#bands;
    const last = magnitudes.length - 1;
    bands.magnitudes.fill(1);
    bands.find(targets, row * this.#numMels, FLAT_SHARINGS);
    for (let bin = 0; bin <= last; bin++) {
      magnitudes[bin] = Math.max(bands.gains[this.first + bin], LEAST);
      logarithms[bin] = Math.log(magnitudes[bin]);
    }
    for (let bin = 0; bin <= last; bin++) {
      const below = Math.max(0, bin - 1);
      const above = Math.min(last, bin + 1);
      const slope = (logarithms[above] - logarithms[below]) / Math.max(1, above - below);
      slopes[bin] = slope / this.#scale + this.#turn * (this.first + bin);
    }
    this.#sort(order, magnitudes);
  }

  /** As plain numbers, many times as fast as by a comparison: each has its bin in its last bits. */
  #sort(order: Int32Array, magnitudes: Float64Array): void {
    const keys = this.#keys;
    const bins = keys.length;
    const last = 2 ** Math.ceil(Math.log2(Math.max(2, bins))) - 1;
    keys.set(magnitudes);
    const words = new Uint32Array(keys.buffer);
    for (let bin = 0; bin < bins; bin++) {
      const at = 2 * bin + LOW_WORD;
      words[at] = (words[at] & ~last) | bin;
    }
    keys.sort();
    for (let i = 0; i < bins; i++) order[bins - 1 - i] = words[2 * i + LOW_WORD] & last;
  }

  /** @param apart how many frames `after` lies behind `before` */
  #findSteps(before: Spectrum, after: Spectrum, apart: number): void {
    const steps = this.#steps;
    const half = -this.#scale / (2 * apart);
    let low = after.logarithms[0] - before.logarithms[0];
    for (let bin = 0; bin < steps.length; bin++) {
      const high = after.logarithms[bin + 1] - before.logarithms[bin + 1];
      steps[bin] = half * (low + high) - this.#delay;
      low = high;
    }
  }

  /** From the strongest bin, whose phase nobody knows. */
  #begin(): void {
    if (this.#phases.length === 0) return;
    const strongest = this.#now.order[0];
    this.#done.fill(0);
    this.#reach(strongest, 0);
    this.#spread(strongest, 0);
  }

  /** From all bins of the frame before and of this, the stronger before the weaker. */
  #goOn(): void {
    const { magnitudes: magnitudesBefore, slopes: slopesBefore, order: orderBefore } = this.#before;
    const { magnitudes, slopes, order } = this.#now;
    const done = this.#done.fill(0);
    const phases = this.#phases;
    let at = 0;
    for (const source of orderBefore) {
      const level = magnitudesBefore[source];
      for (; at < order.length && magnitudes[order[at]] > level; at++) {
        // What has no phase yet spreads it as soon as it has.
        if (done[order[at]]) this.#spread(order[at], magnitudes[order[at]]);
      }
      if (done[source]) continue;
      this.#reach(source, phases[source] + (slopesBefore[source] + slopes[source]) / 2);
      this.#spread(source, level);
    }
  }

  /** From a bin to those beside it, as far as each is at least so strong as what else would come first. */
  #spread(from: number, level: number): void {
    const { magnitudes } = this.#now;
    const done = this.#done;
    const phases = this.#phases;
    const steps = this.#steps;
    for (let bin = from; bin < steps.length && !done[bin + 1] && magnitudes[bin] >= level; bin++) {
      this.#reach(bin + 1, phases[bin] + steps[bin]);
    }
    for (let bin = from; bin > 0 && !done[bin - 1] && magnitudes[bin] >= level; bin--) {
      this.#reach(bin - 1, phases[bin] - steps[bin - 1]);
    }
  }

  #reach(bin: number, phase: number): void {
    // Small numbers, so that long sounds lose no digits.
    this.#phases[bin] = phase - 2 * Math.PI * Math.round(phase / (2 * Math.PI));
    this.#done[bin] = 1;
  }

  #shareOfNoise(): number {
    const { magnitudes } = this.#now;
    let all = 0;
    let above = 0;
    for (let bin = 0; bin < magnitudes.length; bin++) {
      const power = magnitudes[bin] * magnitudes[bin];
      all += power;
      if (bin >= this.#noiseFrom) above += power;
    }
    return all > 0 ? above / all : 0;
  }
}
