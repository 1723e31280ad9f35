import { expectClose } from '@hifigan/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { framePlan } from '../frames.js';
import { binary } from '../generated/refinement.js';
import type { MelOptions } from '../mel-options.js';
import { mulberry32 } from '../mulberry32.js';
import { GROUP } from './projection.js';
import { projectionByFourier } from './projection-by-fourier.js';
import { projectionByKernel } from './projection-by-kernel.js';
import { SampleQueue } from './sample-queue.js';

const optionsThatFit: fc.Arbitrary<MelOptions> = fc
  .record({
    bits: fc.integer({ min: 4, max: 11 }),
    hop: fc.integer({ min: 1, max: 8 }),
    win: fc.double({ min: 0.5, max: 1, noNaN: true }),
    numMels: fc.integer({ min: 1, max: 90 }),
    low: fc.constantFrom(0, 0.01, 0.3),
    high: fc.constantFrom(0.41, 0.73, null),
  })
  .map(({ bits, hop, win, numMels, low, high }) => {
    const nFft = 2 ** bits;
    return {
      ...{ samplingRate: 22050, nFft, numMels },
      hopSize: 2 * Math.max(1, Math.floor((hop * nFft) / 32)),
      winSize: Math.ceil(win * nFft),
      fmin: low * 11025,
      fmax: high && high * 11025,
    };
  });

describe('the projection by WebAssembly', () => {
  it('is that by fft.js, whatever the options and wherever the frames lie', () => {
    const place = fc.constantFrom('beginning', 'middle', 'end');
    const bandwidths = fc.constantFrom(Number.POSITIVE_INFINITY, 8000, 100);
    fc.assert(
      fc.property(
        ...[optionsThatFit, fc.integer({ min: 1, max: GROUP }), place, bandwidths, fc.nat()],
        (options: MelOptions, count: number, where: string, bandwidth: number, seed: number) => {
          const { nFft, hopSize, numMels } = options;
          const plan = framePlan(options);
          const random = mulberry32(seed);
          const frames = where === 'middle' ? 40 : count + 8;
          const total = Math.max(frames * hopSize, plan.padding + 2);
          const audio = new SampleQueue();
          audio.append(Float64Array.from({ length: total }, () => random() - 0.5));
          const first = { beginning: 0, middle: 10, end: frames - count }[where] as number;
          const targets = Float64Array.from({ length: count * numMels }, () =>
            // Some of them silent.
            random() < 0.1 ? 1e-5 : Math.exp(8 * random() - 8),
          );
          const start = first * hopSize - plan.padding;
          const group = { audio, start, count, lastSample: total - 1, targets };
          // Beside what others have added.
          const before = Float64Array.from({ length: nFft + GROUP * hopSize }, () => random());
          const from = Math.max(0, start);
          const [ours, theirs] = [before.slice(), before.slice()];
          projectionByKernel(options, plan, bandwidth)!(group, ours, from);
          projectionByFourier(options, plan, { bandwidth })(group, theirs, from);
          const most = theirs.reduce((a, value) => Math.max(a, Math.abs(value)), 1);
          expectClose(
            ours,
            theirs,
            { max: 1e-9 * most },
            JSON.stringify({ options, where, count }),
          );
          expect(theirs).not.toEqual(before);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('takes turns with others of its thread', () => {
    const one: MelOptions = {
      ...{ samplingRate: 8000, nFft: 64, hopSize: 16, winSize: 64 },
      ...{ numMels: 8, fmin: 0, fmax: null },
    };
    const two = { ...one, nFft: 128, winSize: 100, numMels: 5 };
    const [a, b] = [one, two].map((options) => {
      const project = projectionByKernel(options, framePlan(options), 3000)!;
      return () => {
        const audio = new SampleQueue();
        audio.append(Float64Array.from({ length: 400 }, (_, i) => Math.sin(i * i)));
        const targets = new Float64Array(GROUP * options.numMels).fill(0.1);
        const sum = new Float64Array(options.nFft + GROUP * 16);
        project({ audio, start: 32, count: GROUP, lastSample: 399, targets }, sum, 32);
        return sum;
      };
    });
    const alone = [a(), b()];
    expect([a(), b(), b(), a()]).toEqual([alone[0], alone[1], alone[1], alone[0]]);
  });

  it('is left to fft.js where the frame is no power of two, or too long', () => {
    const plan = { ...{ samplingRate: 8000, hopSize: 16, winSize: 40 }, numMels: 8, fmin: 0 };
    for (const nFft of [40, 8, 16384]) {
      const options = { ...plan, nFft, winSize: Math.min(40, nFft), hopSize: 8, fmax: null };
      expect(projectionByKernel(options, framePlan(options), 1e5)).toBeUndefined();
    }
  });

  it('is small enough to be compiled at once', () => {
    expect(atob(binary).length).toBeLessThan(4096);
  });
});
