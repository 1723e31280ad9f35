import { type ReadFacts, valueAt } from '@hifigan/models';

/** Where SpeechT5's feature extractor stands, beside the vocoder's configuration. */
export const PREPROCESSOR = 'preprocessor_config.json';

/**
 * What the feature extractor of SpeechT5 (preprocessor_config.json) says of the mel, in our keys: lengths are in
 * milliseconds there, and the transform is the next power of two.
 */
export function transformersFeatures(preprocessor: unknown): Readonly<Record<string, unknown>> {
  const number = (key: string) => {
    const value = valueAt(preprocessor, key);
    return typeof value === 'number' ? value : undefined;
  };
  const rate = number('sampling_rate');
  const milliseconds = number('win_length');
  const win =
    rate === undefined || milliseconds === undefined
      ? undefined
      : Math.floor((milliseconds * rate) / 1000);
  const facts = {
    sampling_rate: rate,
    win_size: win,
    n_fft: win && 2 ** Math.ceil(Math.log2(win)),
    fmin: number('fmin'),
    fmax: number('fmax'),
    mel_floor: number('mel_floor'),
    win_function: valueAt(preprocessor, 'win_function'),
  };
  return Object.fromEntries(
    Object.entries(facts).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

/** What that file calls our keys, where it is not the same. */
const THEIRS: Readonly<Record<string, string>> = { win_size: 'win_length', n_fft: 'win_length' };

/** Where facts stand, with those of the feature extractor in the words of its own file. */
export function inPreprocessor(paths: ReadFacts['paths']): ReadFacts['paths'] {
  return Object.fromEntries(
    Object.entries(paths).map(([key, path]) => [
      key,
      path?.startsWith('features.') ? `${THEIRS[key] ?? key} of ${PREPROCESSOR}` : path,
    ]),
  );
}
