import type { Mel, MelProfile } from '@hifigan/audio';
import type { Vocoder } from '@hifigan/vocoder';
import { UserError } from '../errors.js';

/**
 * The mel of a recording.
 *
 * @throws UserError where the recording is too short for a frame
 */
export function analyzeRecording(
  { profile, analyze }: Pick<Vocoder, 'profile' | 'analyze'>,
  audio: Float32Array,
  shown: string,
): Mel {
  checkLength(profile, audio.length, shown);
  return analyze(audio);
}

/** @param samples at the profile's rate. @throws UserError where they are too few for a frame */
export function checkLength(
  { samplingRate, fftSize, hopSize, framing }: MelProfile,
  samples: number,
  shown: string,
): void {
  const mirrored = framing === 'centred' ? fftSize >> 1 : (fftSize - hopSize) / 2;
  const least = Math.max(mirrored + 1, hopSize);
  if (samples >= least) return;
  throw new UserError(
    `${shown}: ${samples} samples at ${samplingRate} Hz are too few for a spectrum of ${fftSize}: ` +
      `${least} are the least; give a longer recording`,
  );
}
