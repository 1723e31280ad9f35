import type { MelNormalisation, MelProfile } from '@hifigan/audio';
import { valueAt } from '@hifigan/models';

/** Reads one option after the other, and keeps what cannot be followed. */
export class OptionReader {
  readonly odd: string[] = [];

  /**
   * @param at where the options stand in the facts; nothing for the root
   * @param shownAt where they stand in the file that people see, where that is elsewhere
   */
  constructor(
    private readonly facts: unknown,
    private readonly at: string,
    private readonly shownAt = at,
  ) {}

  get(key: string): unknown {
    return valueAt(this.facts, below(this.at, key));
  }

  number(key: string, otherwise: number): number {
    const value = this.get(key);
    return typeof value === 'number' ? value : otherwise;
  }

  /** Tells an option that is set and is none of those that our mels have. */
  only(key: string, values: readonly unknown[], what: string): void {
    const value = this.get(key);
    if (value === undefined || values.includes(value)) return;
    this.tell(key, what);
  }

  tell(key: string, what: string): void {
    const name = below(this.shownAt, key);
    const value = this.get(key);
    this.odd.push(
      `${name}${value === undefined ? ' is not set' : `=${JSON.stringify(value)}`}: ${what}`,
    );
  }
}

const below = (at: string, key: string) => (at === '' ? key : `${at}.${key}`);

/** Sums up to this are told apart; a full-scale tone has some ten. */
const LARGEST_SUM = 1e6;

/**
 * `slope` times a logarithm and `offset` more, of any sum from the floor upwards: as a range that cuts nothing off.
 * Logarithms of other bases are such lines, and so is a gain before the logarithm.
 */
export function lineOf(
  { log, floor }: { readonly log: 'natural' | 'log10'; readonly floor: number },
  slope: number,
  offset: number,
): MelNormalisation {
  const logarithm = log === 'natural' ? Math.log : Math.log10;
  const [low, high] = [logarithm(floor), logarithm(LARGEST_SUM)];
  return { kind: 'range', low, high, from: slope * low + offset, to: slope * high + offset };
}

/**
 * Of logarithms of some base, null of e, and sums that are multiplied by a gain before they are raised to a floor.
 */
export function scaledLogarithm(
  floorAfterGain: number,
  { base, gain }: { readonly base: number | null; readonly gain: number },
): Pick<MelProfile, 'log' | 'floor' | 'normalisation'> {
  const log = base === null ? ('natural' as const) : ('log10' as const);
  const floor = floorAfterGain / gain;
  if (gain === 1 && (base === null || base === 10)) return { log, floor };
  const slope = base === null ? 1 : 1 / Math.log10(base);
  const offset = slope * (base === null ? Math.log(gain) : Math.log10(gain));
  return { log, floor, normalisation: lineOf({ log, floor }, slope, offset) };
}
