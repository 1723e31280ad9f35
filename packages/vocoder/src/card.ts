import { BundleError } from './bundle-error.js';

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
  /** Mean absolute difference of log-mels on held-out recordings, over the whole band. */
  readonly validationMelError?: number;
  readonly [key: string]: unknown;
}

const TYPES: Readonly<Record<string, 'text' | 'number'>> = {
  description: 'text',
  licence: 'text',
  data: 'text',
  steps: 'number',
  parameters: 'number',
  precision: 'text',
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
    const type = Object.hasOwn(TYPES, key) ? TYPES[key] : undefined;
    const right = type === 'text' ? 'string' : type;
    return right === undefined || typeof value === right
      ? []
      : [`${key}=${JSON.stringify(value)} must be a ${type}, because it is shown; correct it`];
  });
  if (problems.length > 0) throw new BundleError(where, problems);
  return card as VoiceCard;
}
