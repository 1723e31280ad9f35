import { expect, it } from 'vitest';
import { interleave, timed } from './interleave.mjs';

it('takes turns, forgets the warm-up, keeps the least of each', async () => {
  /** @type {string[]} */
  const order = [];
  /** @param {string} name @param {number[]} walls */
  const contender = (name, walls) => ({
    name,
    run: () => {
      order.push(name);
      return { wall: walls.shift() ?? 0, cpu: 10 - order.length };
    },
  });
  const results = await interleave([contender('a', [1, 7, 5, 6]), contender('b', [9, 3, 4, 8])], {
    rounds: 3,
  });
  expect(order.join('')).toBe('abababab');
  expect(results.map(({ name, wall, cpu }) => [name, wall, cpu])).toEqual([
    ['a', 5, 3],
    ['b', 3, 2],
  ]);
});

it('times by the clock and by the processor', () => {
  const { wall, cpu } = timed(() => {
    const end = performance.now() + 20;
    while (performance.now() < end);
  });
  expect(wall).toBeGreaterThanOrEqual(0.02);
  expect(cpu).toBeGreaterThan(0);
});
