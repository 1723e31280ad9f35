import type { Mel } from '@hifigan/audio';
import { encode } from 'fast-png';
import { colourOf, colourOfDifference } from './colour-map.js';

/** A picture without axes: time to the right, low bands below. */
export interface SpectrogramImage {
  readonly width: number;
  readonly height: number;
  readonly png: Uint8Array;
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

/** From the quietest to the loudest value of a mel, so that others can be drawn on the same scale. */
export function melRange({ data }: Mel): MelRange {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high: high > low ? high : low + 1 };
}

/** Louder is brighter. */
export function drawMel(mel: Mel, { low, high }: MelRange): SpectrogramImage {
  return draw(mel, (at) => colourOf((mel.data[at] - low) / (high - low)));
}

/** Where `mel` is louder than the reference, red; where it is quieter, blue. Both of the same bands; the shorter counts. */
export function drawMelDifference(reference: Mel, mel: Mel): SpectrogramImage {
  const frames = Math.min(reference.frames, mel.frames);
  return draw({ frames, mels: mel.mels }, (at) =>
    colourOfDifference((mel.data[at] - reference.data[at]) / MOST_DIFFERENT),
  );
}

/** @param colour of the value at an index of the row-major `[frames, mels]` */
function draw(
  { frames, mels }: Pick<Mel, 'frames' | 'mels'>,
  colour: (at: number) => readonly [number, number, number],
): SpectrogramImage {
  const width = Math.min(WIDEST, frames * FRAME);
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
  return { width, height, png: encode({ width, height, data, channels: 3 }) };
}
