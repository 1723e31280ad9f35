import { findSound, framePower, LEVEL_HOP, type SoundSpan } from '@hifigan/audio';

export interface CutOptions {
  /** Silence at both ends goes. */
  readonly trim?: {
    /** Below the loudest frame. */
    readonly decibels: number;
    /** Seconds that stay before and behind the sound. */
    readonly margin: number;
  };
  /** Seconds; what is longer is split. At least twice the shortest. */
  readonly longest?: number;
  /** Seconds. */
  readonly shortest: number;
  /** Hz. */
  readonly samplingRate: number;
}

/** The part of a recording that stays: all of it, or the sound and a margin. */
export function trimmedSpan(audio: Float32Array, { trim, samplingRate }: CutOptions): SoundSpan {
  if (!trim) return { start: 0, end: audio.length };
  const { start, end } = findSound(audio, trim.decibels);
  const margin = Math.round(trim.margin * samplingRate);
  return { start: Math.max(0, start - margin), end: Math.min(audio.length, end + margin) };
}

/**
 * Splits a long span into pieces that follow each other and lose nothing: each is cut in the second half of what it
 * may be, where it is quietest, and leaves at least the shortest behind.
 */
export function splitSpan(
  audio: Float32Array,
  span: SoundSpan,
  { longest, shortest, samplingRate }: CutOptions,
): SoundSpan[] {
  if (longest === undefined) return [span];
  const most = Math.floor(longest * samplingRate);
  const least = Math.ceil(shortest * samplingRate);
  if (span.end - span.start <= most) return [span];
  const power = framePower(audio);
  const pieces: SoundSpan[] = [];
  let { start } = span;
  while (span.end - start > most) {
    const last = Math.min(start + most, span.end - least);
    const end = quietest(power, Math.ceil(start + most / 2), last);
    pieces.push({ start, end });
    start = end;
  }
  return [...pieces, { start, end: span.end }];
}

/** The centre of the quietest frame within bounds, the last of equals; the upper bound where there is none. */
function quietest(power: Float64Array, first: number, last: number): number {
  let best: number | undefined;
  for (let frame = Math.ceil(first / LEVEL_HOP); frame * LEVEL_HOP <= last; frame++) {
    if (best === undefined || power[frame] <= power[best]) best = frame;
  }
  return best === undefined ? last : best * LEVEL_HOP;
}
