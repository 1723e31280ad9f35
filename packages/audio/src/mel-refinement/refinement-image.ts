import type { FramePlan } from '../frames.js';
import { placeOfComplex, turnsOf } from '../kernel-tables.js';
import { bandSegments, melFilterbank } from '../mel-filterbank.js';
import type { MelOptions } from '../mel-options.js';
import { GROUP, openBins } from './projection.js';

/** Where the kernel looks for its plan. */
export const PLAN = 64;

/** What the kernel's memory holds for one refinement; addresses in bytes. */
export interface RefinementImage {
  /** The plan and the tables that it names, from {@link PLAN} on. */
  readonly bytes: Uint8Array;
  /** Room for the samples of a group, float64; what comes of them lies there, too. */
  readonly audio: number;
  /** How many these are. */
  readonly samples: number;
  /** Room for the sums that bands shall have: pairs of float64, of frames 0 and 2, then of 1 and 3. */
  readonly targets: number;
  /** Memory that all of it takes. */
  readonly size: number;
}

/** Lays out tables and memory as `assembly/refinement-plan.ts` says. */
export function refinementImage(
  options: MelOptions,
  plan: FramePlan,
  bandwidth: number,
): RefinementImage {
  const { nFft, hopSize, numMels } = options;
  const { start, rising, falling } = bandSegments(melFilterbank(options), numMels);
  const firstBin = start[0];
  const usedBins = start[numMels] - firstBin;
  const bins = nFft / 2 + 1;
  const samples = (GROUP - 1) * hopSize + nFft;

  let size = PLAN;
  const room = (bytes: number): number => {
    const address = size;
    size += 64 * Math.ceil(bytes / 64);
    return address;
  };
  const fields = room(68);
  const window = room(8 * nFft);
  const triples = room(24 * nFft);
  const places = room(4 * nFft);
  const counts = room(4 * numMels);
  const weights = room(24 * usedBins);
  const open = room(8 * bins);
  const tablesEnd = size;
  const audio = room(8 * samples);
  const work = room(32 * nFft);
  const result = room(32 * nFft);
  const magnitudes = room(16 * bins);
  const gains = room(16 * bins);
  const sums = room(16 * (numMels + 1));
  const targets = room(32 * numMels);

  const tables = new ArrayBuffer(tablesEnd);
  const integers = new Uint32Array(tables);
  const doubles = new Float64Array(tables);
  integers.set(
    [
      ...[nFft, hopSize, numMels, firstBin, window, triples, places, counts, weights, open],
      ...[audio, work, result, magnitudes, gains, sums, targets],
    ],
    fields / 4,
  );
  doubles.set(plan.window, window / 8 + plan.windowStart);
  for (let n = nFft; n >= 4; n /= 2) doubles.set(turnsOf(n, [1, 2, 3]), (triples + 12 * n) / 8);
  for (let bin = 0; bin < nFft; bin++) {
    integers[places / 4 + bin] = 16 * placeOfComplex(bin, nFft);
  }
  for (let band = 0; band < numMels; band++) {
    integers[counts / 4 + band] = start[band + 1] - start[band];
  }
  for (let i = 0; i < usedBins; i++) {
    const bin = firstBin + i;
    const share = rising[bin] / (rising[bin] + falling[bin]);
    doubles.set([rising[bin], falling[bin], share], weights / 8 + 3 * i);
  }
  doubles.set(openBins(options, bandwidth), open / 8);
  return { bytes: new Uint8Array(tables, PLAN), audio, samples, targets, size };
}
