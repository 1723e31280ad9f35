import { describe, expect, it } from 'vitest';
import { Listening } from './listening.js';

/** A mel of ten seconds, which nothing plays. */
function opened(): Listening {
  const listening = new Listening();
  listening.open(undefined, 22050, 10);
  return listening;
}

const seen = ({ range }: Listening) => [range.value.from, range.value.to];

describe('what is seen of a sound', () => {
  it('is all of it at first, and again when it is asked for', () => {
    const listening = opened();
    expect(seen(listening)).toEqual([0, 10]);
    listening.zoom(0.5, 4);
    listening.showAll();
    expect(seen(listening)).toEqual([0, 10]);
  });

  it('becomes less around a place, which stays where it is', () => {
    const listening = opened();
    listening.zoom(0.5, 4);
    expect(seen(listening)).toEqual([2, 7]);
    listening.zoom(2, 4);
    expect(seen(listening)).toEqual([0, 10]);
  });

  it('leaves neither end, nor becomes nothing', () => {
    const listening = opened();
    listening.zoom(0.5, 10);
    expect(seen(listening)).toEqual([5, 10]);
    listening.pan(0.5);
    expect(seen(listening)).toEqual([5, 10]);
    listening.pan(-3);
    expect(seen(listening)).toEqual([0, 5]);
    for (let i = 0; i < 40; i++) listening.zoom(0.5, 1);
    const [from, to] = seen(listening) as [number, number];
    expect(to - from).toBeCloseTo(0.05, 6);
    expect(from).toBeLessThanOrEqual(1);
    expect(to).toBeGreaterThanOrEqual(1);
  });

  it('has nothing to switch to where there is no sound', () => {
    const listening = opened();
    expect(listening.switchSide('original')).toBe(false);
    expect(listening.switchSide('generated')).toBe(false);
    expect([listening.hasOriginal.value, listening.hasGenerated.value]).toEqual([false, false]);
    listening.close();
    expect(listening.duration.value).toBe(0);
  });
});
