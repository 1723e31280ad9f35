import { expectClose } from '@hifigan/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { framePlan } from '../frames.js';
import { melFilterbank } from '../mel-filterbank.js';
import type { MelOptions } from '../mel-options.js';
import { mulberry32 } from '../mulberry32.js';
import { BandGains } from './band-gains.js';
import { PhaseIntegration } from './phase-integration.js';

const small: MelOptions = {
  ...{ samplingRate: 16000, nFft: 64, hopSize: 16, winSize: 60 },
  ...{ numMels: 9, fmin: 100, fmax: 7600 },
};

function sums(options: MelOptions, frames: number, seed: number): Float64Array {
  const random = mulberry32(seed);
  return Float64Array.from({ length: frames * options.numMels }, () => Math.exp(6 * random() - 6));
}

/** Of all frames, as `next` tells them one by one. */
function integrated(options: MelOptions, targets: Float64Array): Float64Array[] {
  const integration = new PhaseIntegration(options, framePlan(options));
  return Array.from({ length: targets.length / options.numMels }, (_, frame) => {
    const phases = new Float64Array(integration.end);
    integration.next(phases, targets, frame);
    return phases.slice(integration.first);
  });
}

/** As the paper says it: of all bins that have a phase, the strongest gives it on, again and again. */
function literally(options: MelOptions, targets: Float64Array): number[][] {
  const { nFft, hopSize, winSize, numMels, samplingRate } = options;
  const { first, end } = new PhaseIntegration(options, framePlan(options));
  const frames = targets.length / numMels;
  const magnitudes = Array.from({ length: frames }, (_, frame) => {
    const gains = new BandGains(options, Number.POSITIVE_INFINITY);
    gains.magnitudes.fill(1);
    gains.find(targets, frame * numMels, 8);
    return [...gains.gains.subarray(first, end)].map((gain) => Math.max(gain, 1e-12));
  });
  const slope = (values: readonly number[], at: number) => {
    const [low, high] = [Math.max(0, at - 1), Math.min(values.length - 1, at + 1)];
    return high === low ? 0 : Math.log(values[high] / values[low]) / (high - low);
  };
  const ratio = (0.25645 * winSize ** 2) / (hopSize * nFft);
  const bins = end - first;
  const overTime = (frame: number, bin: number) =>
    slope(magnitudes[frame], bin) / ratio + (2 * Math.PI * hopSize * (first + bin)) / nFft;
  const middle = Math.floor((nFft - winSize) / 2) + winSize / 2;
  const overFrequency = (frame: number, bin: number) =>
    -slope(
      magnitudes.map((row) => row[bin]),
      frame,
    ) *
      ratio -
    (2 * Math.PI * middle) / nFft;
  const random = mulberry32(1);
  let before: number[] = [];
  return magnitudes.map((row, frame) => {
    const phases: number[] = [];
    const ready: { strength: number; bin: number; own: boolean }[] = [];
    const reach = (bin: number, phase: number) => {
      if (bin < 0 || bin >= bins || phases[bin] !== undefined) return;
      phases[bin] = phase;
      ready.push({ strength: row[bin], bin, own: true });
    };
    if (frame === 0) reach(row.lastIndexOf(Math.max(...row)), 0);
    else
      ready.push(...magnitudes[frame - 1].map((strength, bin) => ({ strength, bin, own: false })));
    while (ready.length > 0) {
      // Of bins that are alike, as those at the edge of a single band, that of the highest frequency.
      ready.sort((a, b) =>
        Math.abs(a.strength / b.strength - 1) < 1e-12 ? a.bin - b.bin : a.strength - b.strength,
      );
      const { bin, own } = ready.pop() as (typeof ready)[number];
      if (!own) {
        reach(bin, before[bin] + (overTime(frame - 1, bin) + overTime(frame, bin)) / 2);
        continue;
      }
      const up =
        (overFrequency(frame, bin) + overFrequency(frame, bin + 1 < bins ? bin + 1 : bin)) / 2;
      reach(bin + 1, phases[bin] + up);
      const down = (overFrequency(frame, bin) + overFrequency(frame, bin > 0 ? bin - 1 : bin)) / 2;
      reach(bin - 1, phases[bin] - down);
    }
    before = phases;
    const hz = (bin: number) => ((first + bin) * samplingRate) / nFft;
    const power = (from: number) =>
      row.reduce((sum, value, bin) => sum + (hz(bin) >= from ? value ** 2 : 0), 0);
    const noise = (Math.PI * power(3000)) / power(0);
    return phases.map((phase, bin) =>
      hz(bin) < 3000 ? phase : phase + noise * (2 * random() - 1),
    );
  });
}

/** Turns apart. */
const apart = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Float64Array.from(a, (value, i) => {
    const turns = (value - b[i]) / (2 * Math.PI);
    return turns - Math.round(turns);
  });

describe('the integration of phases', () => {
  it('is what the paper says', () => {
    const options = fc
      .record({
        numMels: fc.integer({ min: 1, max: 30 }),
        fmin: fc.constantFrom(0, 700),
        fmax: fc.constantFrom(4000, null),
        winSize: fc.constantFrom(64, 60, 49),
        samplingRate: fc.constantFrom(16000, 5000),
      })
      .filter(({ samplingRate, fmax }) => (fmax ?? 0) <= samplingRate / 2)
      .map((some) => ({ ...small, ...some }));
    fc.assert(
      fc.property(options, fc.integer({ min: 1, max: 12 }), fc.nat(), (some, frames, seed) => {
        const targets = sums(some, frames, seed);
        const expected = literally(some, targets);
        for (const [frame, phases] of integrated(some, targets).entries()) {
          const difference = apart(phases, expected[frame]);
          expectClose(difference, new Float64Array(phases.length), { max: 1e-9 }, `frame ${frame}`);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('turns a lone tone by its frequency from frame to frame', () => {
    const options = { ...small, nFft: 1024, hopSize: 256, winSize: 1024, numMels: 80, fmin: 0 };
    // Between two bins.
    const tone = 325;
    // What a Gaussian window as long as Hann's makes of it.
    const bins = 513;
    const at = (tone * 1024) / 16000;
    const shape = Float64Array.from({ length: bins }, (_, bin) =>
      Math.exp(-Math.PI * 0.25645 * (bin - at) ** 2),
    );
    const bank = melFilterbank(options);
    const bands = Float64Array.from({ length: 80 }, (_, band) =>
      shape.reduce((sum, value, bin) => sum + value * bank[band * bins + bin], 1e-5),
    );
    const targets = Float64Array.from({ length: 6 * 80 }, (_, i) => bands[i % 80]);
    const phases = integrated(options, targets);
    const bin = Math.round(at) - 1;
    const expected = (tone * 256) / 16000;
    for (let frame = 1; frame < 6; frame++) {
      const turns = (phases[frame][bin] - phases[frame - 1][bin]) / (2 * Math.PI) - expected;
      expect(Math.abs(turns - Math.round(turns)), `frame ${frame}`).toBeLessThan(0.05);
    }
  });

  it('leans with the frequency as a click beside the middle of a frame does', () => {
    // Below 3 kHz, where nothing counts as noise.
    const options = {
      ...{ samplingRate: 5000, nFft: 1024, hopSize: 256, winSize: 1024 },
      ...{ numMels: 80, fmin: 0, fmax: null },
    };
    const bank = melFilterbank(options);
    const window = framePlan(options).window;
    // Seen by three frames; in the middle one it lies so far behind the first sample.
    const at = 460;
    const targets = Float64Array.from({ length: 3 * 80 }, (_, i) => {
      const [frame, band] = [Math.floor(i / 80), i % 80];
      const heard = window[at + 256 * (1 - frame)];
      return bank
        .subarray(band * 513, (band + 1) * 513)
        .reduce((sum, weight) => sum + weight * heard, 1e-5);
    });
    const phases = integrated(options, targets)[1];
    const steps = phases.slice(1).map((phase, bin) => (phase - phases[bin]) / (2 * Math.PI));
    const turns = steps.map((step) => step - Math.round(step));
    const middle = turns.slice(10, 400).sort()[195];
    // By the Gaussian that Hann's window nearly is: 52 samples from the middle, and not 0 as of a steady sound.
    const expected = -at / 1024;
    const [nearest] = [expected - Math.round(expected)];
    expect(Math.abs(middle - nearest), `${middle} turns, ${nearest}`).toBeLessThan(0.01);
  });

  it('has no bins where there are no bands, and small phases after long', () => {
    const narrow = { ...small, numMels: 1, fmin: 10, fmax: 20 };
    expect(integrated(narrow, new Float64Array(3).fill(0.1)).every((row) => row.length === 0)).toBe(
      true,
    );
    const long = integrated(small, sums(small, 3000, 1));
    // Half a turn of its own and half of noise.
    expect(Math.max(...long[2999].map(Math.abs))).toBeLessThan(2.01 * Math.PI);
    expect(long.every((row) => row.every(Number.isFinite))).toBe(true);
  });
});
