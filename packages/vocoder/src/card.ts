/** What people should know of a voice before they use it; `card.json` of a bundle. Further keys are kept. */
export interface VoiceCard {
  readonly name: string;
  readonly description?: string;
  /** SPDX id or words, of the weights. */
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

/** @throws Error naming the card where it is no JSON object with a name */
export function readCard(text: string, where = 'card.json'): VoiceCard {
  let card: unknown;
  try {
    card = JSON.parse(text);
  } catch (error) {
    throw new Error(
      `${where}: must be JSON, because it describes the voice; correct or remove it`,
      { cause: error },
    );
  }
  if (
    typeof card !== 'object' ||
    card === null ||
    !('name' in card) ||
    typeof card.name !== 'string'
  ) {
    throw new Error(`${where}: must be an object with a name, because that is shown; add "name"`);
  }
  return card as VoiceCard;
}
