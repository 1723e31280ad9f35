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
 * A recording with a mel that another model made of it, cut to the frames that both have, from the first on. One frame
 * more or less than ⌊samples / hop⌋ is no fault: analyses with centred frames have one more, models that predict
 * several frames at once are off by one as well. Cut off are the last frame of the mel, or the samples behind it.
 *
 * @throws RangeError where they differ by more, so that they are not of one recording or not in step
 */
export function pairedClip(
  audio: Float32Array,
  mel: Mel,
  { hopSize, where }: PairedClipOptions,
): Clip {
  const whole = Math.floor(audio.length / hopSize);
  if (Math.abs(mel.frames - whole) > 1) {
    throw new RangeError(
      `${where.mel}: it has ${mel.frames} frames and must have ${whole}, give or take one, because ${where.audio} has ${audio.length} samples and a frame is ${hopSize}; ` +
        'pair the two anew (hifigan prepare --finetune tells which do not fit, and why), or take the clip out of the list',
    );
  }
  const frames = Math.min(mel.frames, whole);
  if (frames === 0) {
    throw new RangeError(
      `${where.audio}: its ${audio.length} samples must be at least ${hopSize}, because that is one frame; take it out of the list`,
    );
  }
  return {
    audio: audio.subarray(0, frames * hopSize),
    mel: { data: mel.data.subarray(0, frames * mel.mels), frames, mels: mel.mels },
  };
}
