import type { Mel } from '@hifigan/audio';
import type { Picture, PictureRequest } from '../protocol.js';
import { type ColumnAt, DIFFERENCES, LEVELS, paint } from './paint.js';
import { SPECTRUM_HIGH, SPECTRUM_LOW, SpectrumColumns } from './spectrum-columns.js';

/** What can be seen. */
export interface Scene {
  readonly samplingRate: number;
  readonly hopSize: number;
  readonly fftSize: number;
  readonly originalMel: Mel;
  /** None where a mel was given. */
  readonly original?: Float32Array;
  readonly generatedMel?: Mel;
  readonly generated?: Float32Array;
  /** How many times as long as the original the generated sound is. */
  readonly stretch: number;
}

/** Draws a part of what was given or spoken, as wide and high as the page has room for. */
export function drawPicture(scene: Scene, request: PictureRequest): Picture {
  const { width, height, view, of } = request;
  const columns = view === 'mel' ? melColumns(scene, request) : spectrumColumns(scene, request);
  const { original, generated, low, high } = columns;
  const size = { width, height };
  if (of !== 'difference') {
    const columnAt = of === 'original' ? original : generated;
    if (!columnAt) return size;
    return { ...size, pixels: paint(columnAt, { ...size, low, high, palette: LEVELS }) };
  }
  if (!original || !generated) return size;
  const reach = (high - low) / 4;
  const palette = DIFFERENCES;
  const difference = differenceOf(original, generated);
  return { ...size, pixels: paint(difference, { ...size, low: -reach, high: reach, palette }) };
}

interface Columns {
  readonly original?: ColumnAt;
  readonly generated?: ColumnAt;
  /** The values of silence, and of the loudest. */
  readonly low: number;
  readonly high: number;
}

function melColumns(scene: Scene, request: PictureRequest): Columns {
  const { samplingRate, hopSize, originalMel, generatedMel, stretch } = scene;
  const frameAt = secondsAt(request, samplingRate / hopSize);
  const column = (mel: Mel, frame: number) => {
    const at = Math.floor(frame);
    if (at < 0 || at >= mel.frames) return undefined;
    return mel.data.subarray(at * mel.mels, (at + 1) * mel.mels);
  };
  const { low, high } = rangeOf(originalMel);
  return {
    original: (x) => column(originalMel, frameAt(x) / stretch),
    ...(generatedMel && { generated: (x: number) => column(generatedMel, frameAt(x)) }),
    ...{ low, high },
  };
}

function spectrumColumns(scene: Scene, request: PictureRequest): Columns {
  const { samplingRate, fftSize, original, generated, stretch } = scene;
  const sampleAt = secondsAt(request, samplingRate);
  const spectra = new SpectrumColumns(fftSize);
  const column = (audio: Float32Array, sample: number) =>
    sample < 0 || sample >= audio.length ? undefined : spectra.at(audio, sample);
  return {
    ...(original && { original: (x: number) => column(original, sampleAt(x) / stretch) }),
    ...(generated && { generated: (x: number) => column(generated, sampleAt(x)) }),
    ...{ low: SPECTRUM_LOW, high: SPECTRUM_HIGH },
  };
}

/** What lies in the middle of a column of pixels, in units of which a second has so many. */
function secondsAt({ from, to, width }: PictureRequest, rate: number): (x: number) => number {
  return (x) => (from + ((x + 0.5) / width) * (to - from)) * rate;
}

function differenceOf(original: ColumnAt, generated: ColumnAt): ColumnAt {
  return (x) => {
    const [one, other] = [original(x), generated(x)];
    if (!one || !other) return undefined;
    return Float32Array.from(other, (value, row) => value - one[row]);
  };
}

function rangeOf({ data }: Mel): { readonly low: number; readonly high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}
