import type { Mel } from '../mel-spectrogram.js';
import { fallAlong, fallOfColumns } from './mel-values.js';

/**
 * Deviations. Of speech, also noisy, a second of it falls by 0.3 at least, and by 1.3 in the middle; turned round by
 * 0.3 at most. Both rules together took no mel of the samples in `samples/` for turned round, and found 98 of 100
 * that were.
 */
const LEAST_FALL = 0.3;
const CLEARLY_MORE = 0.5;

/**
 * What is odd where the values of a mel came without a shape, frame after frame: that sound falls towards high bands
 * only where they are read the other way, band after band, as the reference stores them. Nothing for others.
 *
 * @param mel its beginning at least, some dozen frames of it
 */
export function orderDoubt({ data, frames, mels }: Mel): string | undefined {
  const fall = fallOfColumns(data, frames, mels);
  if (fall >= LEAST_FALL || fallAlong(data, mels, frames) <= fall + CLEARLY_MORE) return undefined;
  return (
    `its values look like speech only where they are read band after band, [num_mels, frames], and they are taken frame after frame, [frames, num_mels=${mels}]; ` +
    'if it sounds wrong, write them transposed (numpy: mel.T.tofile(…)), or save them as .npy, which has its shape with it'
  );
}
