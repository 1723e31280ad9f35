import { refinementOf, type VoiceCard } from '@hifigan/vocoder';
import { stemOf } from './stem-of.js';

/** What the card of a trained voice tells. */
export interface TrainedFacts {
  /** The voice that it began as. */
  readonly title: string;
  readonly card?: VoiceCard;
  readonly recordings: number;
  /** Of the recordings together. */
  readonly seconds: number;
  readonly steps: number;
  readonly batchSize: number;
  readonly segmentSize: number;
  readonly learningRate: number;
  /** Of computing. */
  readonly computed: number;
  readonly engine: string;
  /** Mel errors of the held-out pieces, before and after: the last that were measured, and after how many steps. */
  readonly heldOut?: {
    readonly before: number;
    readonly after: number;
    readonly afterSteps: number;
  };
}

const SUFFIX = '-fine-tuned';

/**
 * The card of a voice that was fine-tuned here. Of that of the voice before stays what is true of both: its licence,
 * what it was made of, and how its sound is refined.
 */
export function trainedCard(facts: TrainedFacts): VoiceCard {
  const { title, card, recordings, steps, heldOut } = facts;
  const name = card?.name ?? stemOf(title);
  const minutes = (facts.computed / 60).toFixed(1);
  const own = `${recordings} ${recordings === 1 ? 'recording' : 'recordings'} of ${facts.seconds.toFixed(0)} s together, given to the studio`;
  return {
    name: name.endsWith(SUFFIX) ? name : name + SUFFIX,
    description: `${name}, fine-tuned in the studio without discriminators`,
    ...(card?.licence !== undefined && { licence: card.licence }),
    data: card?.data === undefined ? own : `${card.data}; then ${own}`,
    training: `began as ${name}; ${steps} steps, batch ${facts.batchSize}, segment ${facts.segmentSize}, AdamW ${facts.learningRate}, ${minutes} minutes on ${facts.engine}`,
    ...(heldOut && {
      heldOutMelError: {
        before: digits(heldOut.before),
        after: digits(heldOut.after),
        afterSteps: heldOut.afterSteps,
      },
    }),
    ...refinementOf(card),
    steps: (card?.steps ?? 0) + steps,
    ...(card?.parameters !== undefined && { parameters: card.parameters }),
  };
}

function digits(value: number): number {
  return Number(value.toFixed(4));
}
