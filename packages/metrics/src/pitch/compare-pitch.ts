import { checkObject } from '../signals.js';
import type { PitchTrack } from './track-pitch.js';

/** How a generated voice's pitch and voicing differ from the reference's. */
export interface PitchComparison {
  /**
   * Root of the mean square of 1200·log₂(f0′/f0), on the frames that are voiced in both: cents, a hundredth of a
   * semitone; lower is better. Null where no frame is. One octave error (1200 cents) outweighs a hundred good frames.
   */
  readonly f0RmseCents: number | null;
  /** Frames that are voiced in both. */
  readonly voicedInBoth: number;
  /**
   * Harmonic mean of precision and recall of voiced frames, 0 to 1; higher is better. Null where both are without
   * voice. It does not look at the pitch.
   */
  readonly voicedF1: number | null;
}

/**
 * Compares two pitch tracks frame by frame. The tracks must begin together: a delay of one frame costs at every
 * change of voicing.
 *
 * The figures as in M. Morrison et al., Chunked Autoregressive GAN for Conditional Waveform Synthesis, 2022.
 *
 * @throws RangeError where the tracks differ in frames, hop or sampling rate, TypeError where one is none
 */
export function comparePitch(reference: PitchTrack, generated: PitchTrack): PitchComparison {
  checkTrack('comparePitch', 'reference', reference);
  checkTrack('comparePitch', 'generated', generated);
  for (const [name, ours, theirs] of [
    ['f0.length', reference.f0.length, generated.f0.length],
    ['hopSize', reference.hopSize, generated.hopSize],
    ['samplingRate', reference.samplingRate, generated.samplingRate],
  ]) {
    if (ours === theirs) continue;
    throw new RangeError(
      `comparePitch: generated.${name}=${theirs} must be the reference's ${ours}, because frames are compared one by one; track recordings of one length and rate with the same options`,
    );
  }
  let both = 0;
  let either = 0;
  let squares = 0;
  for (const [frame, true_] of reference.f0.entries()) {
    const made = generated.f0[frame];
    if (true_ > 0 || made > 0) either++;
    if (!(true_ > 0 && made > 0)) continue;
    both++;
    squares += (1200 * Math.log2(made / true_)) ** 2;
  }
  return {
    f0RmseCents: both === 0 ? null : Math.sqrt(squares / both),
    voicedInBoth: both,
    // 2·TP / (2·TP + FP + FN), where either counts TP + FP + FN.
    voicedF1: either === 0 ? null : (2 * both) / (both + either),
  };
}

/** Types let no others through; who writes JavaScript is told. @throws TypeError */
export function checkTrack(where: string, name: string, track: PitchTrack): void {
  const must = 'what trackPitch makes of a recording, because pitches are compared frame by frame';
  checkObject(where, name, track, must);
  if (ArrayBuffer.isView(track.f0)) return;
  throw new TypeError(`${where}: ${name} has no f0 and must be ${must}`);
}
