import { compareSpeech, type SpeechMeasureName } from '@hifigan/metrics';
import type { Measurable, MeasureProgress, Measures } from '../protocol.js';
import type { CallTools } from './serve.js';

/** What is measured at once, as it has its work in common; what takes longest is last. */
const STEPS: readonly {
  readonly what: string;
  readonly only: readonly (keyof Measures & SpeechMeasureName)[];
}[] = [
  { what: 'mel', only: ['mel_distance', 'mel_distance_full_band', 'mel_cepstral_distortion'] },
  { what: 'loudness', only: ['loudness_difference'] },
  { what: 'STFT', only: ['stft_spectral_convergence', 'stft_log_magnitude'] },
  { what: 'STOI', only: ['stoi'] },
  { what: 'pitch', only: ['f0_rmse', 'voiced_f1'] },
];

/**
 * How far the generated sound lies from the original. It takes a third of the sound's length on slow machines, in which
 * its Worker hears nothing: who wants it to end, ends that.
 *
 * @throws RangeError where the two cannot be compared
 */
export function measure(
  { original, generated, samplingRate, mel }: Measurable,
  { progress }: Pick<CallTools<MeasureProgress>, 'progress'>,
): Measures {
  const found = STEPS.map(({ what, only }, done) => {
    progress({ what, done, of: STEPS.length });
    return compareSpeech(original, generated, { samplingRate, mel, only });
  });
  return Object.assign({}, ...found) as Measures;
}
