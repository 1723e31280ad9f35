import type { MelSpectrogram } from '@hifigan/audio';
import type { ClipSource } from './clip.js';
import { randomCrop } from './crop.js';
import { randomStream, shuffled } from './random.js';
import { type Items, itemsOf, type Share } from './share.js';

/** A place in the data: epochs and batches of an epoch count from 0. */
export interface Place {
  readonly epoch: number;
  readonly batch: number;
}

/** What one training step learns from. */
export interface Batch {
  readonly place: Place;
  /** Names of the clips. */
  readonly ids: readonly string[];
  readonly size: number;
  /** What part of the whole batch these clips are, where other processes learn from the rest; default: all. */
  readonly share?: number;
  readonly samples: number;
  readonly frames: number;
  /** `[size, samples]` in [-1, 1] */
  readonly audio: Float32Array;
  /** `[size, frames, mels]`, the generator's input */
  readonly mel: Float32Array;
}

export interface BatchOptions {
  readonly clips: ClipSource;
  readonly batchSize: number;
  /** Samples of a crop. */
  readonly segmentSize: number;
  /** Makes the generator's input, for clips that bring none. */
  readonly mel: MelSpectrogram;
  /** Whether the frames at a crop's edges see what lies beside it; default false, as the reference. */
  readonly context?: boolean;
  readonly seed: number;
  /** Makes a share of each batch alone; default: whole batches. */
  readonly share?: Share;
}

/**
 * The batches of a training: clips in a new order each epoch, a random crop of each. Order and crops depend
 * on the seed and the place alone, so any batch can be had at any time, ahead of time or again after a
 * restart.
 */
export class Batches {
  /** A last, smaller batch is left out; with fewer clips than a batch, clips come up several times in it. */
  readonly perEpoch: number;
  private readonly options: BatchOptions;
  private readonly items: Items;
  private order: { readonly epoch: number; readonly clips: Int32Array } | undefined;

  /** @throws RangeError where there are no clips, or none for some share */
  constructor(options: BatchOptions) {
    const { clips, batchSize } = options;
    if (clips.ids.length === 0) {
      throw new RangeError(
        'Batches: clips=0 must be at least 1, because there is nothing to learn from; name recordings in the training list',
      );
    }
    this.options = options;
    this.items = itemsOf(options.share ?? { rank: 0, ranks: 1 }, batchSize);
    this.perEpoch = Math.max(1, Math.floor(clips.ids.length / batchSize));
  }

  /** The place after this one. */
  after({ epoch, batch }: Place): Place {
    return batch + 1 < this.perEpoch ? { epoch, batch: batch + 1 } : { epoch: epoch + 1, batch: 0 };
  }

  async at(place: Place): Promise<Batch> {
    const { clips, batchSize, segmentSize, mel, context, seed } = this.options;
    const order = this.orderOf(place.epoch);
    const { start, size } = this.items;
    const first = place.batch * batchSize + start;
    const items = Array.from({ length: size }, (_, index) => first + index);
    const chosen = items.map((item) => order[item % order.length]);

    const frames = segmentSize / mel.options.hopSize;
    const width = frames * mel.options.numMels;
    const audio = new Float32Array(size * segmentSize);
    const mels = new Float32Array(size * width);
    // One after the other: of hour-long recordings, more than one in memory would be too many.
    for (const [index, item] of items.entries()) {
      const random = randomStream('crop', seed, place.epoch, item);
      const clip = await clips.load(chosen[index]);
      const crop = randomCrop(clip, { segmentSize, mel, context }, random);
      audio.set(crop.audio, index * segmentSize);
      mels.set(crop.mel, index * width);
    }
    return {
      place,
      ids: chosen.map((clip) => clips.ids[clip]),
      size,
      share: size / batchSize,
      samples: segmentSize,
      frames,
      audio,
      mel: mels,
    };
  }

  private orderOf(epoch: number): Int32Array {
    if (this.order?.epoch !== epoch) {
      const random = randomStream('order', this.options.seed, epoch);
      this.order = { epoch, clips: shuffled(this.options.clips.ids.length, random) };
    }
    return this.order.clips;
  }
}
