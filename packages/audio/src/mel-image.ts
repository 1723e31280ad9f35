import type { FramePlan } from './frames.js';
import { placeOfComplex, turnsOf } from './kernel-tables.js';
import { bandSegments, melFilterbank } from './mel-filterbank.js';
import type { MelOptions } from './mel-options.js';

/** Where the kernel looks for its plan. */
export const PLAN = 64;

/** What the kernel's memory holds for one spectrogram; addresses in bytes. */
export interface MelImage {
  /** The plan and the tables that it names, from {@link PLAN} on. */
  readonly bytes: Uint8Array;
  /** Room for the padded samples, float32. */
  readonly audio: number;
  /** Room for the result, float32 `[frames, numMels]`. */
  readonly mel: number;
  /** Memory that all of it takes. */
  readonly size: number;
}

/**
 * Lays out tables and memory as `assembly/mel-plan.ts` says.
 *
 * @param frames that are analysed at a time, an even number
 */
export function melImage(options: MelOptions, plan: FramePlan, frames: number): MelImage {
  const { nFft, hopSize, numMels } = options;
  const { start, rising, falling } = bandSegments(melFilterbank(options), numMels);
  const firstBin = start[0];
  const usedBins = start[numMels] - firstBin;

  let size = PLAN;
  const room = (bytes: number): number => {
    const address = size;
    size += 64 * Math.ceil(bytes / 64);
    return address;
  };
  const fields = room(48);
  const window = room(8 * nFft);
  const turns = room(8 * nFft);
  const triples = room(6 * nFft);
  const counts = room(4 * numMels);
  const bins = room(24 * usedBins);
  const zero = room(16);
  const tablesEnd = size;
  const work = room(16 * nFft);
  const sums = room(16 * (numMels + 1));
  const audio = room(4 * samplesOf(frames, options));
  const mel = room(4 * frames * numMels);

  const tables = new ArrayBuffer(tablesEnd);
  const integers = new Uint32Array(tables);
  const doubles = new Float64Array(tables);
  integers.set(
    [nFft, hopSize, numMels, window, turns, triples, counts, bins, audio, work, sums, mel],
    fields / 4,
  );
  doubles.set(plan.window, window / 8 + plan.windowStart);
  for (let n = nFft; n >= 4; n /= 2) {
    doubles.set(turnsOf(n, [1]), (turns + 4 * n) / 8);
    if (n <= nFft / 4) doubles.set(turnsOf(n, [1, 2, 3]), (triples + 12 * n) / 8);
  }
  for (let band = 0; band < numMels; band++) {
    integers[counts / 4 + band] = start[band + 1] - start[band];
  }
  for (let i = 0; i < usedBins; i++) {
    const bin = firstBin + i;
    const at = bins + 24 * i;
    const { real, imaginary } = placeOf(bin, nFft);
    integers[at / 4] = work + 16 * real;
    integers[at / 4 + 1] = imaginary === undefined ? zero : work + 16 * imaginary;
    doubles[at / 8 + 1] = rising[bin];
    doubles[at / 8 + 2] = falling[bin];
  }
  return { bytes: new Uint8Array(tables, PLAN), audio, mel, size };
}

/** Samples that so many frames cover, padding included. */
export function samplesOf(frames: number, { nFft, hopSize }: MelOptions): number {
  return (frames - 1) * hopSize + nFft;
}

/** Where `assembly/transform.ts` leaves a bin, or its mirror image, of a real signal of length n. */
function placeOf(bin: number, n: number): { real: number; imaginary?: number } {
  // The first and the last one are real, and come out of the last sum.
  if (bin === 0) return { real: 0 };
  if (bin === n / 2) return { real: 1 };
  if (bin % 2 === 0) return placeOf(bin / 2, n / 2);
  const real = n / 2 + placeOfComplex(((bin % 4 === 1 ? bin : n - bin) - 1) / 4, n / 4);
  return { real, imaginary: real + n / 4 };
}
