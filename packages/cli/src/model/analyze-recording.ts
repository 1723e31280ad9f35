import type { Mel } from '@hifigan/audio';
import type { Vocoder } from '@hifigan/vocoder';
import { UserError } from '../errors.js';

/**
 * The mel of a recording.
 *
 * @throws UserError where the recording is too short for a frame
 */
export function analyzeRecording(
  { config, analyze }: Pick<Vocoder, 'config' | 'analyze'>,
  audio: Float32Array,
  shown: string,
): Mel {
  const least = Math.max((config.n_fft - config.hop_size) / 2 + 1, config.hop_size);
  if (audio.length < least) {
    throw new UserError(
      `${shown}: ${audio.length} samples at ${config.sampling_rate} Hz are too few for a spectrum of ${config.n_fft}: ` +
        `${least} are the least; give a longer recording`,
    );
  }
  return analyze(audio);
}
