import type { Mel } from '@hifigan/audio';
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
  const { samplingRate, fftSize, hopSize, framing } = profile;
  const mirrored = framing === 'centred' ? fftSize >> 1 : (fftSize - hopSize) / 2;
  const least = Math.max(mirrored + 1, hopSize);
  if (audio.length < least) {
    throw new UserError(
      `${shown}: ${audio.length} samples at ${samplingRate} Hz are too few for a spectrum of ${fftSize}: ` +
        `${least} are the least; give a longer recording`,
    );
  }
  return analyze(audio);
}
