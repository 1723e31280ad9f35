import { fastLog } from './fast-log.js';
import { complexBuffer, createFourier } from './fourier.js';
import { framePlan, loadFramePair } from './frames.js';
import { bandSegments, melFilterbank } from './mel-filterbank.js';
import type { MelOptions } from './mel-options.js';
import type { MelRows } from './mel-spectrogram.js';

/** Smallest mel magnitude; its logarithm stands for silence. */
const FLOOR = 1e-5;

/** Mel rows by fft.js: for any length, on any host. */
export function melByFourier(options: MelOptions): MelRows {
  const { nFft, numMels } = options;
  // Half the window: separating the two spectra would halve each value.
  const plan = framePlan(options, 0.5);
  const { start, rising, falling } = bandSegments(melFilterbank(options), numMels);
  const fourier = createFourier(nFft);
  const time = complexBuffer(nFft);
  // One place more than the transform fills: bin 0 once more, which is its own mirror image.
  const spectrum = complexBuffer(nFft + 1);

  // Two frames went through one complex transform as its real and imaginary part; their symmetries separate them.
  // One pass over the bins: each magnitude is added to the two bands that it lies in and forgotten.
  const bands = (data: Float32Array, evenRow: number, oddRow: number): void => {
    let evenBefore = 0;
    let oddBefore = 0;
    for (let band = 0; band < numMels; band++) {
      let evenRising = 0;
      let oddRising = 0;
      let evenFalling = evenBefore;
      let oddFalling = oddBefore;
      const end = start[band + 1];
      for (let bin = start[band]; bin < end; bin++) {
        const mirror = nFft - bin;
        const re = spectrum[2 * bin];
        const im = spectrum[2 * bin + 1];
        const mirrorRe = spectrum[2 * mirror];
        const mirrorIm = spectrum[2 * mirror + 1];
        const a = re + mirrorRe;
        const b = im - mirrorIm;
        const c = im + mirrorIm;
        const d = mirrorRe - re;
        const even = Math.sqrt(a * a + b * b + 1e-9);
        const odd = Math.sqrt(c * c + d * d + 1e-9);
        evenRising += rising[bin] * even;
        oddRising += rising[bin] * odd;
        evenFalling += falling[bin] * even;
        oddFalling += falling[bin] * odd;
      }
      if (band > 0) {
        data[evenRow + band - 1] = fastLog(Math.max(evenFalling, FLOOR));
        data[oddRow + band - 1] = fastLog(Math.max(oddFalling, FLOOR));
      }
      evenBefore = evenRising;
      oddBefore = oddRising;
    }
    data[evenRow + numMels - 1] = fastLog(Math.max(evenBefore, FLOOR));
    data[oddRow + numMels - 1] = fastLog(Math.max(oddBefore, FLOOR));
  };

  return (audio, frames, data) => {
    for (let frame = 0; frame < frames; frame += 2) {
      // An odd last frame is its own partner: computed twice, written once.
      const partner = Math.min(frame + 1, frames - 1);
      loadFramePair(plan, audio, frame, partner, time);
      fourier.forward(spectrum, time);
      spectrum[2 * nFft] = spectrum[0];
      spectrum[2 * nFft + 1] = spectrum[1];
      bands(data, frame * numMels, partner * numMels);
    }
  };
}
