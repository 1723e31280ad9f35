import { expectClose } from '@hifigan/testkit';

/** The bound of every export against our own output. */
export const EQUAL = { max: 1e-4 } as const;

/**
 * The bound of weights rounded to float16 against those of float32. The packaged voice stays below 2e-3 (it was kept
 * as float16 to begin with, and so is exact); weights drawn at random have no reason to forgive.
 */
export const ROUNDED = { max: 1e-3, mean: 3e-4 } as const;

/** Compares audio of several mels, and refuses a reference that is too quiet to tell anything. */
export function expectAudio(
  actual: readonly ArrayLike<number>[],
  reference: readonly Float32Array[],
  bounds: { readonly max?: number; readonly mean?: number },
  what: string,
): void {
  for (const [i, expected] of reference.entries()) {
    const peak = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (!(peak > 0.05)) throw new Error(`${what} ${i}: a peak of ${peak} would show no difference`);
    const found = expectClose(actual[i], expected, bounds, `${what} ${i}`);
    console.info(
      `${what} ${i}: max ${found.max.toExponential(1)}, mean ${found.mean.toExponential(1)}`,
    );
  }
}
