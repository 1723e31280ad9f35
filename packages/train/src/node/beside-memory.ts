import type { HifiGanConfig } from '@hifigan/config';
import type { StepMemory } from '../step-memory.js';
import { batchesAhead } from './open-batches.js';
import { USUAL_CACHE_BYTES } from './recorded-clips.js';
import { SAMPLED_CLIPS } from './validation-samples.js';

/**
 * What the process of a training holds beside its backend, in bytes; where that is no GPU, both are of the same memory.
 */
export interface BesideMemory {
  /** Decoded recordings that are kept, all threads together; at most. */
  readonly recordings: number;
  /** Held-out recordings that are kept, and the sound of a validation's first clips until it is recorded. */
  readonly validation: number;
  /** Batches that wait for their steps. */
  readonly batches: number;
  /** While a checkpoint is saved: the arrays of weights and moments. */
  readonly saving: number;
}

/** An estimate, without what Node itself and its threads take. */
export function besideMemory({
  config,
  memory: { weights, optimizer, average },
  seconds,
  validated,
  threads,
  cacheBytes = USUAL_CACHE_BYTES,
}: {
  readonly config: HifiGanConfig;
  readonly memory: StepMemory;
  /** Of all training clips. */
  readonly seconds: number;
  /** Seconds of each clip that a validation measures, in their order. */
  readonly validated: readonly number[];
  readonly threads: number;
  readonly cacheBytes?: number;
}): BesideMemory {
  const { batch_size: clips, segment_size: samples, hop_size: hop, num_mels: mels } = config;
  const bytes = (all: readonly number[]) =>
    4 * config.sampling_rate * all.reduce((sum, one) => sum + one, 0);
  // Recorded and generated, of 16 bits each, are as much as one of them in memory.
  const sound = bytes(validated.slice(0, SAMPLED_CLIPS));
  const batch = 4 * clips * (samples + (samples / hop) * mels);
  return {
    recordings: Math.round(Math.min(cacheBytes, bytes([seconds]))),
    validation: Math.round(Math.min(cacheBytes, bytes(validated)) + sound),
    batches: batch * (1 + batchesAhead(threads)),
    saving: weights + optimizer + average,
  };
}
