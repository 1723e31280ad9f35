import { hzToMel, type Mel, type MelOptions } from '@hifigan/audio';
import { drawMel, melRange, type Picture, toPng } from '@hifigan/train/node';
import { createCanvas, fill, INK, paste, textWidth, write } from '../drawing/canvas.js';

/** One spectrogram and its title. */
export interface Panel {
  readonly title: string;
  readonly mel: Mel;
}

const LEFT = 90;
const RIGHT = 30;
const TITLE = 34;
const BELOW = 34;
const WIDEST = 1400;

/**
 * Spectrograms one above the other on the same scales, as a PNG: seconds to the right, Hz upwards (mel-spaced),
 * louder is brighter.
 */
export function drawSpectrograms(panels: readonly Panel[], options: MelOptions): Uint8Array {
  const frames = Math.max(...panels.map(({ mel }) => mel.frames));
  // Whole pixels a frame, or whole frames a pixel: nothing is drawn wider than a screen.
  const pixels = frames <= WIDEST ? Math.max(1, Math.floor(1000 / frames)) : WIDEST / frames;
  const width = Math.ceil(frames * pixels);
  const range = melRange(...panels.map(({ mel }) => mel));
  const pictures = panels.map(({ mel }) => drawMel(mel, range, Math.ceil(mel.frames * pixels)));
  const height = Math.max(...pictures.map((picture) => picture.height));
  const canvas = createCanvas(LEFT + width + RIGHT, panels.length * (TITLE + height + BELOW));
  panels.forEach(({ title }, i) => {
    const top = i * (TITLE + height + BELOW) + TITLE;
    write(canvas, title, LEFT, top - 22, INK);
    paste(canvas, pictures[i], LEFT, top);
    drawFrequencies(canvas, top, height, options);
    drawSeconds(canvas, top + height, width, (pixels * options.samplingRate) / options.hopSize);
  });
  return toPng(canvas);
}

function drawFrequencies(canvas: Picture, top: number, height: number, options: MelOptions): void {
  const { fmin, samplingRate } = options;
  const fmax = options.fmax ?? samplingRate / 2;
  const mel = (hz: number) => (hzToMel(hz) - hzToMel(fmin)) / (hzToMel(fmax) - hzToMel(fmin));
  for (const hz of [0, 500, 1000, 2000, 4000, 8000, 16000]) {
    if (hz < fmin || hz > fmax) continue;
    const y = Math.round(top + height - mel(hz) * height);
    const label = hz < 1000 ? `${hz} Hz` : `${hz / 1000} kHz`;
    fill(canvas, LEFT - 6, Math.min(y, top + height - 1), 6, 1, INK);
    write(canvas, label, LEFT - 10 - textWidth(label, 1), y - 4, INK, 1);
  }
}

function drawSeconds(
  canvas: Picture,
  bottom: number,
  width: number,
  pixelsPerSecond: number,
): void {
  // At least 60 pixels from one label to the next.
  const step =
    [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300].find((s) => s * pixelsPerSecond >= 60) ?? 600;
  for (let i = 0; i * step * pixelsPerSecond <= width; i++) {
    const x = LEFT + Math.round(i * step * pixelsPerSecond);
    const label = `${Number((i * step).toFixed(1))} s`;
    fill(canvas, x, bottom, 1, 6, INK);
    write(canvas, label, x - Math.floor(textWidth(label, 1) / 2), bottom + 10, INK, 1);
  }
}
