import type { Mel } from '@hifigan/audio';
import { encode } from 'fast-png';
import { type Colour, colourOf, colourOfDifference } from './colour-map.js';

/** Pixels, row by row from the top left: red, green and blue. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Values that are drawn darkest and brightest. */
export interface MelRange {
  readonly low: number;
  readonly high: number;
}

/** Pixels of a band, and of a frame where there are few. */
const BAND = 3;
const FRAME = 3;
/** Of longer clips, frames are left out. */
const WIDEST = 1500;
/** A difference of log-mels by a factor of e³ in amplitude (26 dB) has the strongest colour. */
const MOST_DIFFERENT = 3;

/** From the quietest to the loudest value of mels, so that all can be drawn on one scale. */
export function melRange(...mels: readonly Mel[]): MelRange {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { data } of mels) {
    for (const value of data) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return { low, high: high > low ? high : low + 1 };
}

/**
 * A mel without axes: time to the right, low bands below, louder is brighter.
 *
 * @param width pixels of all frames; default: a few each, of long clips fewer
 */
export function drawMel(mel: Mel, { low, high }: MelRange, width = widthOf(mel)): Picture {
  return draw(mel, width, (at) => colourOf((mel.data[at] - low) / (high - low)));
}

/**
 * Where `mel` is louder than the reference, red; where it is quieter, blue. Both of the same bands; the shorter counts.
 */
export function drawMelDifference(reference: Mel, mel: Mel): Picture {
  const common = { frames: Math.min(reference.frames, mel.frames), mels: mel.mels };
  return draw(common, widthOf(common), (at) =>
    colourOfDifference((mel.data[at] - reference.data[at]) / MOST_DIFFERENT),
  );
}

/** The picture as a file. */
export function toPng({ width, height, data }: Picture): Uint8Array {
  return encode({ width, height, data, channels: 3 });
}

function widthOf({ frames }: Pick<Mel, 'frames'>): number {
  return Math.min(WIDEST, frames * FRAME);
}

/** @param colour of the value at an index of the row-major `[frames, mels]` */
function draw(
  { frames, mels }: Pick<Mel, 'frames' | 'mels'>,
  width: number,
  colour: (at: number) => Colour,
): Picture {
  const height = mels * BAND;
  const data = new Uint8Array(width * height * 3);
  for (let x = 0; x < width; x++) {
    const frame = Math.floor((x * frames) / width);
    for (let band = 0; band < mels; band++) {
      const pixel = colour(frame * mels + band);
      for (let row = 0; row < BAND; row++) {
        data.set(pixel, ((height - 1 - band * BAND - row) * width + x) * 3);
      }
    }
  }
  return { width, height, data };
}
