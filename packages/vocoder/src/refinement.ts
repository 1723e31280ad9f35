import {
  checkPhases,
  createMelRefinement,
  type MelPhases,
  type MelProfile,
  type MelRefinement,
  melOptions,
  profileOfConfig,
  sameMel,
} from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';

/** What they better ends long before; each keeps some 80 kB, and what is left at the end of a sound is done at once. */
export const MOST_ROUNDS = 100;

/** Whether a number of rounds can be had. */
export const isRounds = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= MOST_ROUNDS;

/** How a sound is refined. */
export interface RefinementWish {
  /** Rounds, 0 for none. */
  readonly refine: number;
  readonly phases?: MelPhases;
}

/**
 * Looks at a wish before anything is spoken for it.
 *
 * @param profile what the model's mels are
 * @throws RangeError where the number or the phases are none, or the mels not such as can be compared with sound
 */
export function checkRefine(
  what: string,
  { refine: rounds, phases }: RefinementWish,
  profile: MelProfile,
  config: HifiGanConfig,
): void {
  if (!isRounds(rounds)) {
    throw new RangeError(
      `${what}: refine=${rounds} must be a whole number from 0 to ${MOST_ROUNDS}, because it counts rounds; 32 is usual, 0 is none`,
    );
  }
  if (phases !== undefined) checkPhases(`${what}: `, phases);
  if (rounds > 0 && !comparable(profile, config)) {
    throw new RangeError(
      `${what}: refine=${rounds} must be 0 of this model, because its mels are of another convention than HiFi-GAN's, and those alone can be compared with the sound; set it to 0`,
    );
  }
}

/** Whether mels are those that the sound is analysed to. */
function comparable(profile: MelProfile, config: HifiGanConfig): boolean {
  // Of conventions that differ in these a vocoder hardly hears; each round would go a step astray.
  const framed = profile.framing === 'hop' && profile.floorBy === 'clamp';
  return framed && sameMel(profile, profileOfConfig(config));
}

/**
 * @param bandwidth Hz, of the voice's card
 * @returns what brings sound to its mel, within full scale; nothing where no rounds are wanted
 */
export function beginRefinement(
  config: HifiGanConfig,
  { refine: rounds, phases }: RefinementWish,
  bandwidth?: number,
): MelRefinement | undefined {
  if (rounds === 0) return undefined;
  const refinement = createMelRefinement({ ...melOptions(config), rounds, bandwidth, phases });
  return {
    addMel: (mel) => refinement.addMel(mel),
    push: (audio) => withinFullScale(refinement.push(audio)),
    end: () => withinFullScale(refinement.end()),
  };
}

/** As all that a generator makes lies there; a sound near it may pass it by a little. */
function withinFullScale(audio: Float32Array): Float32Array {
  for (let i = 0; i < audio.length; i++) {
    if (audio[i] > 1) audio[i] = 1;
    else if (audio[i] < -1) audio[i] = -1;
  }
  return audio;
}
