import { availableParallelism } from 'node:os';
import type { HifiGanConfig } from '@hifigan/config';
import type { StoredMels } from './recorded-clips.js';

/** Where a run's batches come from, and how. */
export interface DataOptions {
  /**
   * Folder of mels that another model made of the recordings, `id.npy` each: the run fine-tunes on them. False: the
   * recordings' own mels. Default: as the run began; of a new one, the recordings' own.
   */
  readonly mels?: string | false;
  /**
   * Whether the frames at a crop's edges see the audio beside it, as they do in synthesis, and not the crop mirrored.
   * Default: as the run began; of a new one, false as the reference. Mels from files see their whole clip anyway.
   */
  readonly cropContext?: boolean;
  /**
   * Threads that read, decode and analyse ahead of the steps; 0: none, the step's own does it. Default: the
   * configuration's num_workers, but of more than one at most one less than the machine has cores.
   */
  readonly threads?: number;
}

/** What a run learns from; kept in its checkpoints, since weights learned from one suit no other. */
export interface DataKind {
  readonly inputMels: 'recordings' | 'files';
  readonly cropContext: boolean;
  /** Which clips in which order: {@link clipsDigest}. */
  readonly clips: string;
}

/** What data options are read with. */
interface WithData {
  readonly config: HifiGanConfig;
  readonly data?: DataOptions;
}

/** How many threads read recordings ahead of the steps. */
export function threadsOf({ config, data }: WithData, cores = availableParallelism()): number {
  return data?.threads ?? Math.min(config.num_workers, Math.max(1, cores - 1));
}

/** The mels that clips bring, where a run fine-tunes. */
export function storedMelsOf({ config, data }: WithData): { readonly mels?: StoredMels } {
  if (!data?.mels) return {};
  return {
    mels: { folder: data.mels, numMels: config.num_mels, hopSize: config.hop_size },
  };
}
