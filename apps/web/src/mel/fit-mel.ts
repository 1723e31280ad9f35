import {
  convertMel,
  type Mel,
  type MelProfile,
  melFromArray,
  recognizeMel,
  type StoredArray,
  sameMel,
  squareDoubt,
} from '@hifigan/audio';
import { melDoubt } from '@hifigan/vocoder';

/** A mel as a voice takes it, and what had to be supposed. */
export interface FittedMel {
  readonly mel: Mel;
  readonly notices: readonly string[];
}

/**
 * Makes a stored mel the one that a voice takes: axes put right, and converted where its numbers are of another
 * convention. Where several may be meant, the likeliest is taken, and the others are named.
 *
 * @param wanted what the voice takes
 * @param name of the file, for notices and errors
 * @throws MelError where it is no mel, RangeError where it was normalised by statistics that are not there
 */
export function fitMel(array: StoredArray, wanted: MelProfile, name: string): FittedMel {
  const found = recognizeMel(array, { wanted });
  const { mel, verdict, axes, rivals, candidates } = found;
  if (!mel || verdict === 'broken') throw new Error(`${name}: ${found.evidence.join('; ')}`);
  const turned = axes === 'frames first' ? [`${name}: its axes were swapped`] : [];
  const doubt = squareDoubt(mel);
  const square = doubt === undefined ? [] : [`${name}: ${doubt}`];
  const others = (names: readonly { readonly name: string; readonly meaning: string }[]) =>
    names.map((one) => `${one.name} (${one.meaning})`).join(', ');
  if (verdict === 'fits') {
    const told =
      rivals.length > 0
        ? [
            `${name}: taken as what the voice wants; its values would be no others of ${others(rivals)}`,
          ]
        : [];
    return { mel, notices: [...turned, ...square, ...told] };
  }
  if (verdict === 'unsure') {
    const rest = candidates.filter(({ profile }) => !sameMel(profile, wanted));
    return {
      mel,
      notices: [
        ...turned,
        ...square,
        `${name}: taken as what the voice wants, which is not sure: ${found.evidence.at(-1)}`,
        ...(rest.length > 0 ? [`${name}: it may as well be ${others(rest)}`] : []),
      ],
    };
  }
  if (verdict === 'foreign') {
    const [likeliest, ...rest] = found.sure ? [found.sure, ...rivals] : candidates;
    const { mel: converted, losses } = convertMel(mel, likeliest.profile, wanted, { where: name });
    return {
      mel: converted,
      notices: [
        ...turned,
        ...square,
        `${name}: converted from ${likeliest.name}${losses.length > 0 ? `; ${losses.join('; ')}` : ''}`,
        ...(rest.length > 0 ? [`${name}: it may as well be ${others(rest)}`] : []),
      ],
    };
  }
  const asItIs = melFromArray(array, wanted.mels, name);
  const odd = melDoubt(asItIs, wanted);
  return { mel: asItIs, notices: odd === undefined ? [] : [`${name}: ${odd}`] };
}
