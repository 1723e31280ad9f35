import type { Mel } from '@hifigan/audio';

/** A recording as a training reads it. */
export interface Clip {
  /** Mono, at the training's sampling rate. */
  readonly audio: Float32Array;
  /**
   * The generator's input where it does not come from the recording: another model's prediction. Of as many frames as
   * `audio` is long, see {@link pairedClip}. Absent: made from the audio.
   */
  readonly mel?: Mel;
}

/** Where clips come from. */
export interface ClipSource {
  /** What to call each clip; as many as there are clips. */
  readonly ids: readonly string[];
  /** A clip, whose values must not be changed. Peak-normalised, unless it has a mel of its own. */
  load(index: number): Promise<Clip>;
}

export interface PairedClipOptions {
  readonly hopSize: number;
  /** What to call both in errors. */
  readonly where: { readonly audio: string; readonly mel: string };
}

/**
 * The frames that a recording and a mel made of it by another model have in common, from the first on. One frame more
 * or less than ⌊samples / hop⌋ is no fault: analyses with centred frames have one more, and models that predict several
 * frames at once are off by one as well.
 *
 * @throws RangeError where they differ by more, so that they are not of one recording or not in step
 */
export function pairedFrames(
  samples: number,
  melFrames: number,
  { hopSize, where }: PairedClipOptions,
): number {
  const whole = Math.floor(samples / hopSize);
  if (Math.abs(melFrames - whole) > 1) {
    throw new RangeError(
      `${where.mel}: it has ${melFrames} frames and must have ${whole}, give or take one, because ${where.audio} has ${samples} samples and a frame is ${hopSize}; ` +
        'pair the two anew (hifigan prepare --finetune tells which do not fit, and why), or take the clip out of the list',
    );
  }
  const frames = Math.min(melFrames, whole);
  if (frames === 0) {
    throw new RangeError(
      `${where.audio}: its ${samples} samples must be at least ${hopSize}, because that is one frame; take it out of the list`,
    );
  }
  return frames;
}

/**
 * A recording with a mel that another model made of it, cut to the {@link pairedFrames}: of the longer one, the last
 * frame of the mel or the samples behind it fall away.
 *
 * @throws RangeError where they do not fit each other
 */
export function pairedClip(audio: Float32Array, mel: Mel, options: PairedClipOptions): Clip {
  const { hopSize } = options;
  const frames = pairedFrames(audio.length, mel.frames, options);
  return {
    audio: audio.subarray(0, frames * hopSize),
    mel: { data: mel.data.subarray(0, frames * mel.mels), frames, mels: mel.mels },
  };
}
