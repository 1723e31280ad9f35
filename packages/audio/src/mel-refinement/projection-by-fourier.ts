import { complexBuffer, createFourier } from '../fourier.js';
import type { FramePlan } from '../frames.js';
import type { MelOptions } from '../mel-options.js';
import { BandGains } from './band-gains.js';
import { mirroredOnce, type Projection } from './projection.js';
import type { SampleQueue } from './sample-queue.js';

/** By fft.js: for any length, on any host. */
export function projectionByFourier(
  options: MelOptions,
  { nFft, hopSize, winSize, windowStart, window }: FramePlan,
  bandwidth: number,
): Projection {
  const fourier = createFourier(nFft);
  const time = complexBuffer(nFft);
  const spectrum = complexBuffer(nFft);
  const result = complexBuffer(nFft);
  const even = new BandGains(options, bandwidth);
  const odd = new BandGains(options, bandwidth);

  /** Every second number from `at` on becomes the windowed samples from `start` on. */
  const load = (audio: SampleQueue, start: number, lastSample: number, at: number): void => {
    if (start >= 0 && start + winSize <= lastSample + 1) {
      const samples = audio.read(start, start + winSize);
      for (let i = 0; i < winSize; i++) time[at + 2 * i] = samples[i] * window[i];
      return;
    }
    for (let i = 0; i < winSize; i++) {
      time[at + 2 * i] = audio.at(mirroredOnce(start + i, lastSample)) * window[i];
    }
  };

  // Two real frames go through one complex transform; their symmetries separate them, and join them again.
  const measure = (): void => {
    for (let bin = 0, mirror = 0; 2 * bin <= nFft; bin++, mirror = nFft - bin) {
      const re = spectrum[2 * bin];
      const im = spectrum[2 * bin + 1];
      const mirrorRe = spectrum[2 * mirror];
      const mirrorIm = spectrum[2 * mirror + 1];
      const a = re + mirrorRe;
      const b = im - mirrorIm;
      const c = im + mirrorIm;
      const d = mirrorRe - re;
      even.magnitudes[bin] = Math.sqrt(a * a + b * b) / 2;
      odd.magnitudes[bin] = Math.sqrt(c * c + d * d) / 2;
    }
  };
  const scale = (): void => {
    for (let bin = 0, mirror = 0; 2 * bin <= nFft; bin++, mirror = nFft - bin) {
      const gainA = even.gains[bin] / 2;
      const gainB = odd.gains[bin] / 2;
      const re = spectrum[2 * bin];
      const im = spectrum[2 * bin + 1];
      const mirrorRe = spectrum[2 * mirror];
      const mirrorIm = spectrum[2 * mirror + 1];
      const aRe = gainA * (re + mirrorRe);
      const aIm = gainA * (im - mirrorIm);
      const bRe = gainB * (im + mirrorIm);
      const bIm = gainB * (mirrorRe - re);
      spectrum[2 * mirror] = aRe + bIm;
      spectrum[2 * mirror + 1] = bRe - aIm;
      spectrum[2 * bin] = aRe - bIm;
      spectrum[2 * bin + 1] = aIm + bRe;
    }
  };

  return ({ audio, start, count, lastSample, targets }, sum, from) => {
    const bands = targets.length / count;
    for (let frame = 0; frame < count; frame += 2) {
      const pair = frame + 1 < count;
      const begin = start + frame * hopSize + windowStart;
      load(audio, begin, lastSample, 2 * windowStart);
      if (pair) load(audio, begin + hopSize, lastSample, 2 * windowStart + 1);
      else for (let i = 1; i < 2 * nFft; i += 2) time[i] = 0;
      fourier.forward(spectrum, time);
      measure();
      even.find(targets, frame * bands);
      if (pair) odd.find(targets, (frame + 1) * bands);
      else odd.gains.fill(0);
      scale();
      fourier.inverse(result, spectrum);
      for (let part = 0; part < (pair ? 2 : 1); part++) {
        const to = begin + part * hopSize - from;
        for (let i = Math.max(0, -to); i < winSize; i++) {
          sum[to + i] += window[i] * result[2 * (windowStart + i) + part];
        }
      }
    }
  };
}
