import * as tf from '@tensorflow/tfjs';
import type { SpectralLoss } from './spectral-loss.js';
import type { LossName, StepTensors } from './training-step.js';
import type { UpdateOf } from './update.js';

/** Losses of one step as numbers. */
export interface StepLosses {
  /** Everything that was computed, by name. */
  readonly parts: Readonly<Partial<Record<LossName, number>>>;
  /**
   * The mel loss without its weight: mean|mel(y) − mel(ŷ)|, natural log; at several resolutions the sum over them, common
   * log.
   */
  readonly mel: number;
  /** What the generator minimises: 45 mel (or `lambda_melloss`) + 2 features + adversarial, + magnitudes where asked for. */
  readonly generator: number;
  /** What the discriminators minimise; absent while there are none. */
  readonly discriminator?: number;
  /**
   * Of each period (in the order 2, 3, 5, 7, 11) and each scale (raw, pooled once, twice): `disc_mpd_0`, `gen_msd_2`,
   * `feature_mpd_4` …, which add up to `disc_mpd` …; where details were asked for and there are discriminators.
   */
  readonly details?: Readonly<Record<string, number>>;
  /** Global norms before clipping; where details were asked for, or gradients are clipped. */
  readonly gradientNorms?: { readonly generator: number; readonly discriminators?: number };
}

/** Sums losses over the processes that each learn from a share of the batch; all get the same. */
export type LossSum = (own: Float64Array) => Promise<Float64Array>;

/** What a step found, as numbers. */
export interface StepFindings {
  readonly losses: StepLosses;
  /** Sums of all gradients: NaN or infinite where one of them is. */
  readonly gradientSums: ReadonlyMap<UpdateOf, number>;
}

/** Reads all that a step found at once, and disposes of it. */
export async function readStep(
  { losses, norms, sums }: StepTensors,
  {
    weights,
    detail,
    sum: overRanks,
  }: {
    readonly weights: SpectralLoss['weights'];
    readonly detail: boolean;
    readonly sum?: LossSum;
  },
): Promise<StepFindings> {
  const tensors = [...losses.values(), ...norms.values(), ...sums.values()];
  const joined = tf.tidy(() => tf.concat(tensors.map((tensor) => tf.reshape(tensor, [-1]))));
  const lengths = tensors.map(({ size }) => size);
  tf.dispose(tensors);
  const read = Float64Array.from(await joined.data());
  joined.dispose();
  // Norms and sums of gradients are those over all ranks already.
  const lossCount = [...losses.values()].reduce((count, { size }) => count + size, 0);
  const whole = await overRanks?.(read.slice(0, lossCount));
  if (whole) read.set(whole);
  const values = [...read];
  const found = lengths.map((length) => values.splice(0, length));
  const totals = [...losses.keys()].map((name, index) => [name, sum(found[index])] as const);
  const scalarsFrom = (first: number, names: Iterable<UpdateOf>) =>
    [...names].map((of, index) => [of, found[first + index][0]] as const);
  const measured = scalarsFrom(losses.size, norms.keys());
  return {
    losses: {
      ...summary(Object.fromEntries(totals) as Record<LossName, number>, weights),
      ...(detail &&
        losses.size > weights.size && { details: detailsOf(weights, [...losses.keys()], found) }),
      ...(norms.size > 0 && {
        gradientNorms: Object.fromEntries(measured) as NonNullable<StepLosses['gradientNorms']>,
      }),
    },
    gradientSums: new Map(scalarsFrom(losses.size + norms.size, sums.keys())),
  };
}

function summary(
  parts: Readonly<Record<LossName, number>>,
  weights: SpectralLoss['weights'],
): StepLosses {
  const sumOf = (kind: string) =>
    sum(Object.entries(parts).map(([name, value]) => (name.startsWith(kind) ? value : 0)));
  const spectral = sum([...weights].map(([name, weight]) => weight * parts[name]));
  return {
    parts,
    mel: parts.mel,
    generator: spectral + sumOf('gen_') + sumOf('feature_'),
    ...('disc_mpd' in parts && { discriminator: sumOf('disc_') }),
  };
}

function detailsOf(
  weights: ReadonlyMap<LossName, number>,
  names: readonly LossName[],
  found: readonly (readonly number[])[],
): Record<string, number> {
  const details = names.flatMap((name, index) =>
    weights.has(name) ? [] : found[index].map((value, part) => [`${name}_${part}`, value] as const),
  );
  return Object.fromEntries(details);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
