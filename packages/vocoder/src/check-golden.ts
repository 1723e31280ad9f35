import { bundleFileNames } from './bundle-files.js';
import type { Golden } from './golden.js';
import type { OutputDifference } from './manifest.js';
import type { Vocoder } from './vocoder.js';

/** How near an engine comes to a golden output. */
export interface GoldenCheck extends OutputDifference {
  readonly ok: boolean;
  /** The largest difference that is none. */
  readonly tolerance: number;
  /** What computed. */
  readonly engine: string;
}

/** A golden output that did not come of a bundle. The message says whether files or engine are to blame. */
export class GoldenError extends Error {
  override readonly name = 'GoldenError';

  constructor(
    where: string,
    readonly check: GoldenCheck,
    /** Whether the files are known to be those that were packed. */
    readonly filesChecked: boolean,
  ) {
    const { max, tolerance, engine } = check;
    super(
      `${where}: what ${engine} makes of the golden mel differs from ${bundleFileNames.golden} by ${share(max)} of its peak and must not by more than ${share(tolerance)}, because it would sound wrong; ${
        filesChecked
          ? 'the files are those that were packed (SHA-256), so this engine computes wrongly: take another backend, and look at this one with hifigan doctor. Where every backend fails, the bundle was packed wrongly: pack it anew'
          : 'the files were not checked: open the bundle with verify "hashes" to tell damaged weights from an engine that computes wrongly'
      }`,
    );
  }
}

/** Speaks the golden mel, unrefined, and compares. Costs the synthesis of some dozens of frames. */
export async function checkGolden(
  vocoder: Pick<Vocoder, 'engine' | 'synthesize'>,
  { mel, audio }: Golden,
  tolerance: number,
): Promise<GoldenCheck> {
  const spoken = await vocoder.synthesize(mel, { chunkFrames: mel.frames, refine: 0 });
  const difference = outputDifference(spoken, audio);
  // Written so that NaN fails.
  return { ...difference, tolerance, engine: vocoder.engine, ok: difference.max <= tolerance };
}

/**
 * Differences of an output from its reference, as shares of the largest sample of that; infinite where lengths differ.
 */
export function outputDifference(
  output: ArrayLike<number>,
  reference: ArrayLike<number>,
): OutputDifference {
  let peak = 0;
  for (let i = 0; i < reference.length; i++) peak = Math.max(peak, Math.abs(reference[i]));
  let max = output.length === reference.length ? 0 : Number.POSITIVE_INFINITY;
  let sum = 0;
  for (let i = 0; i < reference.length; i++) {
    const difference = Math.abs(output[i] - reference[i]);
    // Of Math.max, NaN stays.
    max = Math.max(max, difference);
    sum += difference;
  }
  // Of silence there are no shares.
  const scale = peak > 0 ? peak : 1;
  return { max: max / scale, mean: sum / reference.length / scale };
}

function share(value: number): string {
  if (!Number.isFinite(value)) return 'what is no number';
  return `${(100 * value).toPrecision(2)}%`;
}
