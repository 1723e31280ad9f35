import { expect, it } from 'vitest';
import { type Contender, interleave } from './interleave.js';
import { timed } from './timed.js';

/** Contenders that note whose turn it is; the wall times are given, the CPU's fall by one a turn. */
function contenders(given: Record<string, { walls: (number | undefined)[]; rounds?: number }>) {
  const order: string[] = [];
  const all: Contender[] = Object.entries(given).map(([name, { walls, rounds }]) => ({
    name,
    rounds,
    run: () => {
      order.push(name);
      const wall = walls.shift();
      return wall === undefined ? undefined : { wall, cpu: 10 - order.length };
    },
  }));
  return { all, order };
}

it('takes turns, forgets the warm-up, keeps the least of each', async () => {
  const { all, order } = contenders({ a: { walls: [1, 7, 5, 6] }, b: { walls: [9, 3, 4, 8] } });
  const results = await interleave(all, { rounds: 3 });
  expect(order.join('')).toBe('abababab');
  expect(results.map(({ name, wall, cpu }) => [name, wall, cpu])).toEqual([
    ['a', 5, 3],
    ['b', 3, 2],
  ]);
});

it('lets those who were before come to rest', async () => {
  const spans: (readonly [number, number])[] = [];
  const run = () => {
    const begin = performance.now();
    spans.push([begin, performance.now()]);
    return { wall: 1, cpu: 1 };
  };
  await interleave(
    [
      { name: 'a', run },
      { name: 'b', run },
    ],
    { rounds: 1 },
  );
  const rests = spans.slice(1).map(([begin], index) => begin - spans[index][1]);
  // A timer may be early by less than a millisecond.
  for (const rest of rests) expect(rest).toBeGreaterThan(95);
});

it('asks the slow less often, and who has dropped out no more', async () => {
  const { all, order } = contenders({
    a: { walls: [1, 2, 3, 4] },
    slow: { walls: [9], rounds: 1 },
    gone: { walls: [5, 6, undefined] },
    never: { walls: [] },
  });
  const results = await interleave(all, { rounds: 3 });
  expect(order).toEqual(['a', 'gone', 'never', 'a', 'slow', 'gone', 'a', 'gone', 'a']);
  expect(results.map(({ wall, rounds }) => [wall, rounds.length])).toEqual([
    [2, 3],
    [9, 1],
    [6, 1],
    [Number.POSITIVE_INFINITY, 0],
  ]);
});

it('times by the clock and by the processor', async () => {
  const { wall, cpu } = await timed(() => {
    const end = performance.now() + 20;
    while (performance.now() < end);
  });
  expect(wall).toBeGreaterThanOrEqual(0.02);
  expect(cpu).toBeGreaterThan(0);
});
