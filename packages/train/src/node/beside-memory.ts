import type { HifiGanConfig } from '@hifigan/config';
import type { StepMemory } from '../step-memory.js';
import { batchesAhead } from './open-batches.js';
import { USUAL_CACHE_BYTES } from './recorded-clips.js';

/**
 * What the process of a training holds beside its backend, in bytes; where that is no GPU, both are of the same memory.
 */
export interface BesideMemory {
  /** Decoded recordings that are kept, all threads together; at most. */
  readonly recordings: number;
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
  threads,
  cacheBytes = USUAL_CACHE_BYTES,
}: {
  readonly config: HifiGanConfig;
  readonly memory: StepMemory;
  /** Of all training clips. */
  readonly seconds: number;
  readonly threads: number;
  readonly cacheBytes?: number;
}): BesideMemory {
  const { batch_size: clips, segment_size: samples, hop_size: hop, num_mels: mels } = config;
  const batch = 4 * clips * (samples + (samples / hop) * mels);
  return {
    recordings: Math.round(Math.min(cacheBytes, 4 * seconds * config.sampling_rate)),
    batches: batch * (1 + batchesAhead(threads)),
    saving: weights + optimizer + average,
  };
}
