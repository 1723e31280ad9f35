import {
  createMelRefinement,
  type MelProfile,
  type MelRefinement,
  melOptions,
  profileOfConfig,
  sameMel,
} from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';

/** Each keeps some 50 kB; what they better ends long before. */
export const MOST_ROUNDS = 1000;

/** Whether a number of rounds can be had. */
export const isRounds = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= MOST_ROUNDS;

/**
 * Looks at a wish before anything is spoken for it.
 *
 * @param profile what the model's mels are
 * @throws RangeError where the number is none, or the mels are not such as can be compared with sound
 */
export function checkRefine(
  what: string,
  rounds: number,
  profile: MelProfile,
  config: HifiGanConfig,
): void {
  if (!isRounds(rounds)) {
    throw new RangeError(
      `${what}: refine=${rounds} must be a whole number from 0 to ${MOST_ROUNDS}, because it counts rounds; 32 is usual, 0 is none`,
    );
  }
  if (rounds > 0 && !sameMel(profile, profileOfConfig(config))) {
    throw new RangeError(
      `${what}: refine=${rounds} must be 0 of this model, because its mels are of another convention than HiFi-GAN's, and those alone can be compared with the sound; leave it out`,
    );
  }
}

/**
 * @param bandwidth Hz, of the voice's card
 * @returns nothing where no rounds are wanted
 */
export function beginRefinement(
  config: HifiGanConfig,
  rounds: number,
  bandwidth?: number,
): MelRefinement | undefined {
  return rounds > 0 ? createMelRefinement({ ...melOptions(config), rounds, bandwidth }) : undefined;
}
