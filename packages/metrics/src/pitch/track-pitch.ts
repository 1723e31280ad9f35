import { checkRate, checkSignal } from '../signals.js';
import { type PitchOptions, pitchOptions } from './pitch-options.js';
import { pitchPath, UNVOICED } from './pitch-path.js';
import { yinCandidates } from './yin-candidates.js';
import { createYinDifference } from './yin-difference.js';

/** A recording's pitch over time. */
export interface PitchTrack {
  /** Hz for each frame, 0 where it is unvoiced. */
  readonly f0: Float32Array;
  /** Samples from one frame's middle to the next; the first lies at the recording's first sample. */
  readonly hopSize: number;
  readonly samplingRate: number;
}

const BINS_PER_OCTAVE = 120;
// Octaves a second: the authors' limit of how fast a voice moves.
const FASTEST = 35.92;
// Ways back are 2 bytes for each of some 770 states: 256 MiB, or half an hour at 100 frames a second.
const MAX_STATES = 2 ** 27;

/**
 * Fundamental frequency by pYIN, on a grid of a tenth of a semitone: YIN's differences, candidates with
 * probabilities, and the likeliest path through them, which decides on voicing, too.
 *
 * M. Mauch, S. Dixon, pYIN, 2014; constants as `librosa.pyin`, with which it agrees on nearly all frames. Pitfalls:
 * creaky voice, two voices at once and music are beyond it; octave errors happen where the range is too wide, so
 * narrow it for a known speaker.
 *
 * @param audio mono samples, up to about half an hour
 * @param samplingRate Hz
 * @returns 1 + ⌊samples / hopSize⌋ frames
 * @throws RangeError where a sample is not finite, the recording is empty or too long, or the options are impossible
 */
export function trackPitch(
  audio: Float32Array,
  samplingRate: number,
  options: PitchOptions = {},
): PitchTrack {
  checkRate('trackPitch', samplingRate);
  checkSignal('trackPitch', 'audio', audio);
  const { lowest, highest, frameSize, hopSize } = pitchOptions(samplingRate, options);
  const frames = 1 + Math.floor(audio.length / hopSize);
  const bins = Math.floor(BINS_PER_OCTAVE * Math.log2(highest / lowest)) + 1;
  if (2 * bins * frames > MAX_STATES || bins > 16_000) {
    throw new RangeError(
      `trackPitch: ${frames} frames × ${bins} pitches must be at most ${MAX_STATES / 2}, because the ways to each are remembered; cut the recording, or make hopSize larger`,
    );
  }
  const semitones = Math.round((FASTEST * 12 * hopSize) / samplingRate);
  const reach = (semitones * BINS_PER_OCTAVE) / 24;
  const shortest = Math.floor(samplingRate / highest);
  const longest = Math.ceil(samplingRate / lowest);
  const yin = createYinDifference(frameSize, shortest, longest);
  const differences = new Float64Array(longest - shortest + 1);
  const path = pitchPath({ bins, reach }, frames, (frame, voiced) => {
    yin.measure(audio, frame * hopSize - frameSize / 2, differences);
    for (const { period, probability } of yinCandidates(differences, shortest)) {
      const bin = Math.round(BINS_PER_OCTAVE * Math.log2(samplingRate / period / lowest));
      if (bin < bins) voiced[Math.max(0, bin)] += probability;
    }
  });
  const f0 = Float32Array.from(path, (bin) =>
    bin === UNVOICED ? 0 : lowest * 2 ** (bin / BINS_PER_OCTAVE),
  );
  return { f0, hopSize, samplingRate };
}
