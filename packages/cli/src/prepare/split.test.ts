import { describe, expect, it } from 'vitest';
import { identify } from './identify.js';
import { splitIds } from './split.js';

const ids = (n: number) => Array.from({ length: n }, (_, i) => `id${i}`);

describe('splitIds', () => {
  it('shares all ids out, the same for any order, another way for another seed', () => {
    for (const n of [1, 2, 3, 20, 101]) {
      for (const fraction of [0, 0.05, 0.5, 0.9]) {
        const options = { fraction, holdout: new Set<string>(), seed: 1234 };
        const { training, validation } = splitIds(ids(n), options);
        expect([...training, ...validation].sort()).toEqual(ids(n).sort());
        expect(training.length).toBeGreaterThan(0);
        if (fraction === 0) expect(validation).toEqual([]);
        else if (n > 1)
          expect(validation.length).toBe(Math.min(n - 1, Math.max(1, Math.round(n * fraction))));
        expect(splitIds(ids(n).reverse(), options)).toEqual({ training, validation });
      }
    }
    const draw = (seed: number) =>
      splitIds(ids(50), { fraction: 0.2, holdout: new Set(), seed }).validation;
    expect(draw(1)).not.toEqual(draw(2));
  });

  it('puts the named ones into validation and counts them', () => {
    const { validation } = splitIds(ids(20), {
      fraction: 0.1,
      holdout: new Set(['id3', 'id7', 'id9']),
      seed: 1,
    });
    expect(validation).toEqual(['id3', 'id7', 'id9']);
    expect(
      splitIds(ids(20), { fraction: 0.2, holdout: new Set(['id3']), seed: 1 }).validation,
    ).toHaveLength(4);
  });
});

describe('splitIds by groups', () => {
  const split = (sizes: Record<string, number>, fraction: number, seed = 1) =>
    splitIds(
      Object.entries(sizes).flatMap(([group, size]) => ids(size).map((id) => `${group}/${id}`)),
      { fraction, holdout: new Set(), seed, groupOf: (id) => id.split('/')[0] },
    );
  const groupsOf = (list: readonly string[]) => [...new Set(list.map((id) => id.split('/')[0]))];

  it('never parts one, and comes near the share', () => {
    for (let seed = 0; seed < 50; seed++) {
      const sizes = { a: 10, b: 30, c: 5, d: 12, e: 43 };
      const { training, validation } = split(sizes, 0.15, seed);
      expect(training.length + validation.length).toBe(100);
      expect(groupsOf(training).filter((group) => groupsOf(validation).includes(group))).toEqual(
        [],
      );
      expect(validation.length).toBeGreaterThan(0);
      expect(validation.length).toBeLessThanOrEqual(22);
    }
  });

  it('draws the smallest where each is too large, and leaves one to train on', () => {
    expect(groupsOf(split({ a: 50, b: 40, c: 45 }, 0.05).validation)).toEqual(['b']);
    expect(split({ a: 9 }, 0.5).validation).toEqual([]);
    expect(groupsOf(split({ a: 1, b: 9 }, 0.9).training)).toHaveLength(1);
    expect(split({ a: 5, b: 5 }, 0).validation).toEqual([]);
  });
});

describe('identify', () => {
  it('makes unique names that a list can hold', () => {
    expect(identify('en/vm-intro.wav', new Set())).toBe('en_vm-intro');
    expect(identify('a.b|c.wav', new Set())).toBe('a.b_c');
    expect(identify('a/b.wav', new Set(['a_b', 'a_b-2']))).toBe('a_b-3');
  });
});
