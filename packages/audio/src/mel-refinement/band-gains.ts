import { bandSegments, melFilterbank } from '../mel-filterbank.js';
import type { MelOptions } from '../mel-options.js';
import { FLOOR, NOTHING, openBins, SHARINGS } from './projection.js';

/** What the bins of a frame are multiplied by, so that its bands are those of its mel. */
export class BandGains {
  /** Of the frame as it is, `[bins]`. */
  readonly magnitudes: Float64Array;
  readonly gains: Float64Array;
  /** The first bin that lies in a band, and one more than the last. */
  readonly first: number;
  readonly end: number;
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
    this.first = start[0];
    this.end = start[options.numMels];
    this.#rising = rising;
    this.#falling = falling;
    this.#share = rising.map((value, bin) => value / (value + falling[bin]));
    this.#sums = new Float64Array(options.numMels);
    this.magnitudes = new Float64Array(rising.length);
    this.#open = openBins(options, bandwidth);
    this.gains = this.#open.slice();
  }

  /**
   * @param from where the bands of the frame begin in `targets`
   * @param sharings how often the magnitudes are shared out
   */
  find(targets: Float64Array, from: number, sharings = SHARINGS): void {
    const { magnitudes, gains } = this;
    const start = this.#start;
    const rising = this.#rising;
    const falling = this.#falling;
    const share = this.#share;
    const sums = this.#sums;
    const bands = sums.length;
    gains.set(this.#open);
    for (let sharing = 0; sharing < sharings; sharing++) {
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
        // Neither is of nothing anything made, as of a band without bins, nor of silence noise.
        sums[band] = sums[band] === 0 || (target <= FLOOR && gain > 1) ? 1 : gain;
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
