import { type MelPhases, melPhases } from '@hifigan/audio';
import { BundleError } from './bundle-error.js';
import { isRounds, MOST_ROUNDS } from './refinement.js';

/** What people should know of a voice before they use it; `card.json` of a bundle. Further keys are kept. */
export interface VoiceCard {
  readonly name: string;
  readonly description?: string;
  /** SPDX id or words, of the weights. Whoever hands a voice on must say it. */
  readonly licence?: string;
  /** What it was trained on, and under which licence that stands. */
  readonly data?: string;
  /** Updates of the generator. */
  readonly steps?: number;
  /** Parameters, weight norm multiplied out. */
  readonly parameters?: number;
  /** How the weights are stored. */
  readonly precision?: 'float16' | 'float32';
  /** Rounds with which its sound is refined where nothing else is asked for: {@link SpeakOptions.refine}. */
  readonly refine?: number;
  /** Hz above which what it learned from has nothing: there refinement makes silence. */
  readonly bandwidth?: number;
  /** Which phases refinement begins with where nothing else is asked for: {@link SpeakOptions.phases}. */
  readonly phases?: MelPhases;
  /** Mean absolute difference of log-mels on held-out recordings, over the whole band. */
  readonly validationMelError?: number;
  readonly [key: string]: unknown;
}

/** The keys of a card that say how its sound is refined. */
export const refinementKeys = ['refine', 'bandwidth', 'phases'] as const;

/** What a card says of how its sound is refined, for a card or file that is made of it. */
export function refinementOf(
  card: VoiceCard | undefined,
): Pick<VoiceCard, (typeof refinementKeys)[number]> {
  const said = refinementKeys.filter((key) => card?.[key] !== undefined);
  return Object.fromEntries(said.map((key) => [key, card?.[key]]));
}

const KINDS = {
  text: {
    is: (value: unknown) => typeof value === 'string',
    must: 'be a text',
    why: 'it is shown',
  },
  number: {
    is: (value: unknown) => typeof value === 'number',
    must: 'be a number',
    why: 'it is shown',
  },
  rate: {
    is: (value: unknown) => typeof value === 'number' && value > 0,
    must: 'be a number of Hz above 0',
    why: 'above it is silence',
  },
  rounds: {
    is: isRounds,
    must: `be a whole number from 0 to ${MOST_ROUNDS}`,
    why: 'so often the sound is refined',
  },
  phases: {
    is: (value: unknown) => melPhases.some((each) => each === value),
    must: `be ${melPhases.map((each) => `"${each}"`).join(' or ')}`,
    why: 'with these refinement begins',
  },
};

const KEYS: Readonly<Record<string, keyof typeof KINDS>> = {
  description: 'text',
  licence: 'text',
  data: 'text',
  steps: 'number',
  parameters: 'number',
  precision: 'text',
  refine: 'rounds',
  bandwidth: 'rate',
  phases: 'phases',
  validationMelError: 'number',
};

/** @throws BundleError naming the card where it is no JSON object with a name, or its keys are of other types */
export function readCard(text: string, where = 'card.json'): VoiceCard {
  let card: unknown;
  try {
    card = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new BundleError(
      where,
      ['must be JSON, because it describes the voice; correct or remove it'],
      { cause },
    );
  }
  if (
    typeof card !== 'object' ||
    card === null ||
    !('name' in card) ||
    typeof card.name !== 'string'
  ) {
    throw new BundleError(where, [
      'must be an object with a name, because that is shown; add "name"',
    ]);
  }
  const problems = Object.entries(card).flatMap(([key, value]) => {
    if (!Object.hasOwn(KEYS, key)) return [];
    const { is, must, why } = KINDS[KEYS[key]];
    return is(value)
      ? []
      : [`${key}=${JSON.stringify(value)} must ${must}, because ${why}; correct it`];
  });
  if (problems.length > 0) throw new BundleError(where, problems);
  return card as VoiceCard;
}
