import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { drawBars } from './draw-bars.js';
import { isInk } from './font.js';

const BLUE = '45,112,142';
const GREEN = '82,197,105';

/** For each colour, the length of the longest run of its pixels in a row. */
function longestRuns(png: Uint8Array): Map<string, number> {
  const { width, height, data } = decode(png);
  const longest = new Map<string, number>();
  for (let y = 0; y < height; y++) {
    let run = 0;
    let last = '';
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      const colour = data.slice(at, at + 3).join();
      run = colour === last ? run + 1 : 1;
      last = colour;
      longest.set(colour, Math.max(run, longest.get(colour) ?? 0));
    }
  }
  return longest;
}

describe('drawBars', () => {
  const bars = [
    { label: 'one', kind: 'a', value: 8, text: '8.00 ×' },
    { label: 'two', kind: 'b', value: 2, text: '2.00 ×' },
  ];

  it('draws lengths in proportion, on one scale for all groups', () => {
    const runs = longestRuns(
      drawBars({
        title: 'speeds',
        notes: ['of a machine'],
        groups: [
          { name: 'v1', bars },
          { name: 'v2', bars: [{ ...bars[0], value: 4 }] },
        ],
      }),
    );
    expect(runs.get(BLUE)).toBe(560);
    expect(runs.get(GREEN)).toBe(140);
  });

  it('shows the least value, and a mark beyond the longest bar', () => {
    const groups = [{ name: 'v1', bars: [{ label: 'slow', kind: 'a', value: 0.0001, text: '0' }] }];
    const mark = { value: 1, label: 'real time' };
    const runs = longestRuns(drawBars({ title: '', notes: [], groups, mark }));
    expect(runs.get(BLUE)).toBe(1);
    expect(runs.get('150,150,150')).toBeGreaterThan(0);
  });

  it('keeps long names short, and draws where there is nothing', () => {
    const long = { label: 'x'.repeat(500), kind: 'a', value: 1, text: '1' };
    const png = drawBars({ title: '', notes: [], groups: [{ name: '', bars: [long] }] });
    expect(decode(png).width).toBeLessThan(1200);
    expect(decode(drawBars({ title: 'none', notes: [], groups: [] })).width).toBeGreaterThan(100);
  });
});

describe('letters', () => {
  it('are all different, and those that are not known are boxes', () => {
    const dots = (letter: string) =>
      Array.from({ length: 35 }, (_, i) => isInk(letter, i % 5, Math.floor(i / 5))).join();
    const known = [
      ...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;-_/()×…+=@ ',
    ];
    expect(new Set(known.map(dots)).size).toBe(known.length);
    expect(known.map(dots)).not.toContain(dots('ß'));
    expect(dots('ß')).toBe(dots('constructor'));
  });
});
