import type { MelSpectrogram } from '@hifigan/audio';
import type { Clip } from './clip.js';
import { randomSegment } from './segment.js';

/** Part of a clip that a training learns from. */
export interface Crop {
  /** `segmentSize` samples. */
  readonly audio: Float32Array;
  /** `[segmentSize / hop, mels]`, the generator's input. */
  readonly mel: Float32Array;
}

export interface CropOptions {
  /** Samples; a multiple of the hop. */
  readonly segmentSize: number;
  /** Makes the mel of clips that bring none. */
  readonly mel: MelSpectrogram;
  /**
   * Whether the frames at a crop's edges see the samples beside it, as they do in synthesis. Otherwise they see the
   * crop mirrored, as the reference has it.
   */
  readonly context?: boolean;
}

/** A mel's value for silence, which fills short clips. */
const SILENCE = Math.log(1e-5);

/**
 * A random piece of a clip with its mel, any start with the same chance, both ends included; a shorter clip is followed
 * by silence. A clip with a mel of its own is cut between frames.
 *
 * @param random in [0, 1); drawn once, whatever the clip
 */
export function randomCrop(clip: Clip, options: CropOptions, random: () => number): Crop {
  if (clip.mel) return pairedCrop(clip.audio, clip.mel, options, random);
  const { segmentSize, mel, context = false } = options;
  if (context && clip.audio.length > segmentSize) return seenWhole(clip.audio, options, random);
  const audio = randomSegment(clip.audio, segmentSize, random);
  return { audio, mel: mel.analyze(audio).data };
}

function pairedCrop(
  audio: Float32Array,
  { data, frames, mels }: NonNullable<Clip['mel']>,
  { segmentSize, mel: { options } }: CropOptions,
  random: () => number,
): Crop {
  const wanted = segmentSize / options.hopSize;
  const first = startOf(frames - wanted, random);
  const crop = {
    audio: new Float32Array(segmentSize),
    mel: new Float32Array(wanted * mels).fill(SILENCE),
  };
  const from = first * options.hopSize;
  crop.audio.set(audio.subarray(from, from + segmentSize));
  crop.mel.set(data.subarray(first * mels, (first + wanted) * mels));
  return crop;
}

/**
 * A crop of longer audio, whose frames are those of the whole audio's analysis, had that a frame at the crop's start.
 * Only at the ends of the audio itself is there anything mirrored.
 */
function seenWhole(
  audio: Float32Array,
  { segmentSize, mel }: CropOptions,
  random: () => number,
): Crop {
  const { nFft, hopSize, numMels } = mel.options;
  const reach = (nFft - hopSize) / 2;
  // Whole frames beside the crop, so that what the analysis itself mirrors is seen by frames that are left out.
  const beside = Math.ceil(reach / hopSize);
  const start = startOf(audio.length - segmentSize, random);
  const seen = new Float32Array(segmentSize + 2 * beside * hopSize);
  const begin = start - beside * hopSize;
  const last = audio.length - 1;
  for (let at = start - reach; at < start + segmentSize + reach; at++) {
    seen[at - begin] = audio[Math.abs(last - Math.abs(last - Math.abs(at)))];
  }
  const { data } = mel.analyze(seen);
  const frames = segmentSize / hopSize;
  return {
    audio: audio.slice(start, start + segmentSize),
    mel: data.slice(beside * numMels, (beside + frames) * numMels),
  };
}

function startOf(spare: number, random: () => number): number {
  const draw = random();
  return spare > 0 ? Math.floor(draw * (spare + 1)) : 0;
}
