import { describe, expect, it } from 'vitest';
import { melProfile } from './mel-profiles.js';
import { silentFrom, upperEdge } from './upper-edge.js';

/** Of ten frames; in each band so many hold the lowest value, −9. */
function withSilence(silent: readonly number[]) {
  const [frames, mels] = [10, silent.length];
  const data = Float32Array.from({ length: frames * mels }, (_, at) =>
    Math.floor(at / mels) < silent[at % mels] ? -9 : -3 - (at % 5),
  );
  return { data, frames, mels };
}

describe('silentFrom', () => {
  it('finds a cliff, and no slope', () => {
    const found = (...silent: number[]) => silentFrom(withSilence(silent), -9);
    expect(found(0, 0, 0, 0, 0, 10, 10, 10)).toBe(5);
    // The band at the edge holds a part; clicks and the ends may sound.
    expect(found(0, 0, 1, 2, 6, 8, 9, 9)).toBe(5);
    expect(found(0, 0, 0, 3, 6, 8, 9, 9)).toBeUndefined();
    expect(found(0, 0, 0, 0, 0, 0, 0, 0)).toBeUndefined();
    expect(found(0, 0, 0, 0, 0, 0, 0, 10)).toBeUndefined();
    expect(found(10, 10, 10, 10, 10, 10, 10, 10)).toBeUndefined();
    // Bands that hold no bin are silent below others that sound.
    expect(found(10, 0, 0, 10, 0, 0, 0, 0)).toBeUndefined();
  });
});

describe('upperEdge', () => {
  it('is half of a usual rate, or not, by the bands of a profile', () => {
    // Slaney's scale: 1000·e^((m − 15)·ln 6.4/27) Hz; band b of 80 to 11025 Hz has its peak at (b + 1)/81 of 49.91.
    const wide = upperEdge(73, melProfile('hifigan-full-band')!);
    expect(wide.hz).toBeGreaterThan(7950);
    expect(wide.hz).toBeLessThan(8150);
    expect(wide.usual).toBe(true);
    const narrow = upperEdge(73, melProfile('hifigan')!);
    expect(narrow.hz).toBeGreaterThan(5900);
    expect(narrow.hz).toBeLessThan(6150);
    expect(narrow.usual).toBe(false);
  });
});
