import type { Context } from '../context.js';
import { counted } from '../terminal/format.js';
import type { Recording } from './read-recording.js';

/** How many recordings are named for each notice; any others are only counted. */
const MOST_TOLD = 3;

/** Said of stereo in which one channel is the inverse of the other. */
export const CANCELLED =
  'its channels cancel each other when they are mixed; keep one of them: ffmpeg -i IN -af "pan=mono|c0=c0" OUT.wav';

/** Whether the mix is a thousandth of its channels, or less: they are the same sound, one of them upside down. */
export function cancels({
  channels,
  peak,
  channelPeak,
}: Pick<Recording['original'], 'channels' | 'peak' | 'channelPeak'>): boolean {
  return channels > 1 && peak < channelPeak / 1000;
}

/** Tells on stderr what is done to recordings that are not as a model takes them. */
export class RecordingNotices {
  readonly #context: Context;
  /** Recordings by what was done to them. */
  readonly #counts = new Map<string, number>();

  constructor(context: Context) {
    this.#context = context;
  }

  tell(
    shown: string,
    {
      original,
      samplingRate,
    }: {
      readonly original: Pick<
        Recording['original'],
        'samplingRate' | 'channels' | 'peak' | 'channelPeak'
      >;
      readonly samplingRate: number;
    },
  ): void {
    const { samplingRate: rate, channels, peak } = original;
    if (rate !== samplingRate) {
      const empty = rate < samplingRate ? `; above ${rate / 2} Hz it has no sound` : '';
      this.#add('resampled', `${shown}: resampled from ${rate} to ${samplingRate} Hz${empty}`);
    }
    if (cancels(original)) {
      this.#add('whose channels cancel each other', `${shown}: ${CANCELLED}`);
    } else if (channels > 1) {
      this.#add('mixed from several channels', `${shown}: ${channels} channels, mixed into one`);
    }
    if (peak > 1) {
      this.#add(
        'louder than full scale',
        `${shown}: louder than full scale (peak ${peak.toFixed(2)}, where 1 is the most that models hear); taken as it is, make it quieter for a better sound`,
      );
    }
  }

  /** How many there were besides those that were told. */
  end(): void {
    for (const [what, count] of this.#counts) {
      const more = count - MOST_TOLD;
      if (more > 0) this.#context.console.warn(`${counted(more, 'more recording')} ${what}`);
    }
    this.#counts.clear();
  }

  #add(what: string, text: string): void {
    const count = (this.#counts.get(what) ?? 0) + 1;
    this.#counts.set(what, count);
    if (count <= MOST_TOLD) this.#context.console.warn(text);
  }
}
