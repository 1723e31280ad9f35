import { describe, expect, test } from 'vitest';
import { deviceOfRank, parseProcessors, threadsOfRank } from './rank-machine.js';

test('processors as Linux lists them', () => {
  expect(parseProcessors('Name:\tnode\nCpus_allowed_list:\t0-2,8\nX:\t1\n')).toEqual([0, 1, 2, 8]);
  expect(parseProcessors('Cpus_allowed_list:\t5\n')).toEqual([5]);
  expect(parseProcessors('')).toBeUndefined();
});

describe('threads of the ranks of one machine', () => {
  const eight = [0, 1, 2, 3, 4, 5, 6, 7];
  const on = (processors: readonly number[] | undefined, host = 'a') => ({
    host,
    ...(processors && { processors }),
  });

  test('are all processors, where the launcher binds no rank', () => {
    const machines = [on(eight), on(eight), on(eight), on(eight, 'b')];
    expect(machines.map((_, rank) => threadsOfRank(machines, rank, 8))).toEqual([2, 2, 2, 8]);
  });

  test('are its own, where it binds each', () => {
    const machines = [on([0]), on([1]), on([2, 3, 4])];
    expect(threadsOfRank(machines, 0, 1)).toBe(1);
    expect(threadsOfRank(machines, 2, 3)).toBe(3);
  });

  test('are shares of those that several are bound to', () => {
    const machines = [on([0, 1, 2, 3]), on([0, 1, 2, 3]), on([4, 5, 6, 7])];
    expect(machines.map((_, rank) => threadsOfRank(machines, rank, 4))).toEqual([2, 2, 4]);
  });

  test('are never none, nor more than a container allows', () => {
    expect(threadsOfRank([on([0]), on([0])], 1, 1)).toBe(1);
    expect(threadsOfRank([on(eight), on(eight)], 0, 4)).toBe(2);
  });

  test('are shared evenly where the system tells no processors', () => {
    const machines = [on(undefined), on(undefined)];
    expect(threadsOfRank(machines, 0, 8)).toBe(4);
  });
});

describe('the GPU of a rank', () => {
  const second = { rank: 1, size: 2 };

  test('is that of its number on the machine', () => {
    expect(deviceOfRank(second, undefined, 4)).toBe('1');
    expect(deviceOfRank({ rank: 2, size: 3 }, undefined, 2)).toBe('0');
    expect(deviceOfRank(second, undefined, 0)).toBeUndefined();
  });

  test('is one of those that are visible, as Slurm makes them for all ranks of a machine', () => {
    expect(deviceOfRank(second, '4,5,6', 8)).toBe('5');
    expect(deviceOfRank(second, 'GPU-a,GPU-b', 8)).toBe('GPU-b');
  });

  test('stays where the user has chosen one, or none', () => {
    expect(deviceOfRank(second, '3', 8)).toBeUndefined();
    expect(deviceOfRank(second, '', 8)).toBeUndefined();
  });
});
