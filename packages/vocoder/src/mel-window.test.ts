import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MelWindow } from './mel-window.js';

const MELS = 3;

/** Frames `[from, to)` of a mel whose values are their places. */
const framesOf = (from: number, to: number) => ({
  data: Float32Array.from({ length: (to - from) * MELS }, (_, i) => from * MELS + i),
  frames: to - from,
  mels: MELS,
});

describe('MelWindow', () => {
  it('holds what has come and was not given up, at its place', () => {
    const step = fc.record({ append: fc.nat({ max: 9 }), forget: fc.nat({ max: 9 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const window = new MelWindow(MELS);
        let [start, end] = [0, 0];
        for (const { append, forget } of steps) {
          window.append(framesOf(end, end + append));
          end += append;
          start = Math.min(end, Math.max(start, start + forget - 2));
          window.forget(start);
          expect([window.start, window.end]).toEqual([start, end]);
          expect(window.view(start, end)).toEqual(framesOf(start, end));
          if (end - start > 2) {
            expect(window.view(start + 1, end - 1)).toEqual(framesOf(start + 1, end - 1));
          }
        }
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  it('takes memory anew for few of many small parts, and none once it slides', () => {
    const window = new MelWindow(MELS);
    const buffers = new Set<ArrayBufferLike>();
    const push = (frame: number) => {
      window.append(framesOf(frame, frame + 1));
      buffers.add(window.view(window.start, frame + 1).data.buffer);
    };
    for (let frame = 0; frame < 10_000; frame++) push(frame);
    // Twice as large each time.
    expect(buffers.size).toBeLessThanOrEqual(15);
    for (let frame = 10_000; frame < 40_000; frame++) {
      push(frame);
      window.forget(frame - 100);
    }
    expect(buffers.size).toBeLessThanOrEqual(15);
  });

  it('keeps no array of whoever appends', () => {
    const window = new MelWindow(MELS);
    const part = framesOf(0, 2);
    window.append(part);
    part.data.fill(-1);
    expect(window.view(0, 2)).toEqual(framesOf(0, 2));
  });
});
