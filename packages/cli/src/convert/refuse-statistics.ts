import type { Bundle } from '@hifigan/vocoder';
import { UserError } from '../errors.js';

/**
 * @param where what has no place for them
 * @throws UserError where a model normalises its mels
 */
export function refuseStatistics(
  { statistics }: Bundle,
  where: string,
  choose = 'choose bundle or transformers',
): void {
  if (!statistics) return;
  throw new UserError(
    `${where}: has no place for the mean and scale that this model normalises its mels with, and without them it would speak noise; ${choose}`,
  );
}
