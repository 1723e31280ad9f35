import { complexBuffer, createFourier } from '../fourier.js';
import type { FramePlan } from '../frames.js';
import type { MelOptions } from '../mel-options.js';
import { BandGains } from './band-gains.js';
import type { PhaseIntegration } from './phase-integration.js';
import { mirroredOnce, type Projection } from './projection.js';
import type { SampleQueue } from './sample-queue.js';

/** What the options of the mel do not say. */
interface FourierOptions {
  readonly bandwidth: number;
  /** Whose phases the bins take, in place of their own; it goes on with the frames. */
  readonly integration?: PhaseIntegration;
}

/** By fft.js: for any length, on any host. */
export function projectionByFourier(
  options: MelOptions,
  { nFft, hopSize, winSize, windowStart, window }: FramePlan,
  { bandwidth, integration }: FourierOptions,
): Projection {
  const { numMels } = options;
  const fourier = createFourier(nFft);
  const time = complexBuffer(nFft);
  const spectrum = complexBuffer(nFft);
  const result = complexBuffer(nFft);
  const even = new BandGains(options, bandwidth);
  const odd = new BandGains(options, bandwidth);
  const evenPhases = new Float64Array(integration?.end ?? 0);
  const oddPhases = new Float64Array(integration?.end ?? 0);

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
    const { first, end } = integration ?? { first: 0, end: 0 };
    for (let bin = 0, mirror = 0; 2 * bin <= nFft; bin++, mirror = nFft - bin) {
      const gainA = even.gains[bin] / 2;
      const gainB = odd.gains[bin] / 2;
      const re = spectrum[2 * bin];
      const im = spectrum[2 * bin + 1];
      const mirrorRe = spectrum[2 * mirror];
      const mirrorIm = spectrum[2 * mirror + 1];
      let aRe = gainA * (re + mirrorRe);
      let aIm = gainA * (im - mirrorIm);
      let bRe = gainB * (im + mirrorIm);
      let bIm = gainB * (mirrorRe - re);
      if (bin >= first && bin < end) {
        const a = even.gains[bin] * even.magnitudes[bin];
        const b = odd.gains[bin] * odd.magnitudes[bin];
        aRe = a * Math.cos(evenPhases[bin]);
        aIm = a * Math.sin(evenPhases[bin]);
        bRe = b * Math.cos(oddPhases[bin]);
        bIm = b * Math.sin(oddPhases[bin]);
      }
      spectrum[2 * mirror] = aRe + bIm;
      spectrum[2 * mirror + 1] = bRe - aIm;
      spectrum[2 * bin] = aRe - bIm;
      spectrum[2 * bin + 1] = aIm + bRe;
    }
  };

  return ({ audio, start, count, lastSample, targets }, sum, from) => {
    for (let frame = 0; frame < count; frame += 2) {
      const pair = frame + 1 < count;
      const begin = start + frame * hopSize + windowStart;
      load(audio, begin, lastSample, 2 * windowStart);
      if (pair) load(audio, begin + hopSize, lastSample, 2 * windowStart + 1);
      else for (let i = 1; i < 2 * nFft; i += 2) time[i] = 0;
      fourier.forward(spectrum, time);
      measure();
      even.find(targets, frame * numMels);
      integration?.next(evenPhases, targets, frame);
      if (pair) {
        odd.find(targets, (frame + 1) * numMels);
        integration?.next(oddPhases, targets, frame + 1);
      } else {
        odd.gains.fill(0);
      }
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
