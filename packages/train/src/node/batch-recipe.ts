import { createMelSpectrogram, type MelOptions } from '@hifigan/audio';
import { Batches, type BatchOptions } from '../batches.js';
import type { ClipSource } from '../clip.js';
import { type RecordedClipsOptions, recordedClips } from './recorded-clips.js';

/** All that a thread must know to make the batches of a run; can be sent to it. */
export interface BatchRecipe {
  readonly clips: RecordedClipsOptions;
  readonly batches: Omit<BatchOptions, 'clips' | 'mel'> & { readonly mel: MelOptions };
}

/** The batches of a recipe: the same wherever they are made. */
export function batchesOf(
  { clips, batches }: BatchRecipe,
  source: ClipSource = recordedClips(clips),
): Batches {
  return new Batches({ ...batches, clips: source, mel: createMelSpectrogram(batches.mel) });
}
