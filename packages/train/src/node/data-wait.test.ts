import { expect, test } from 'vitest';
import { DataWait, WaitsOfRecord } from './data-wait.js';

test('a record gets the mean and the longest of all steps since the one before', () => {
  const waits = new WaitsOfRecord();
  for (const seconds of [0.1, 0.4, 0.1]) waits.add(seconds);
  const { mean, most } = waits.take();
  expect(mean).toBeCloseTo(0.2, 12);
  expect(most).toBe(0.4);
  expect(waits.take()).toEqual({ mean: 0, most: 0 });
  waits.add(0.25);
  expect(waits.take()).toEqual({ mean: 0.25, most: 0.25 });
});

test('people are told where it matters, the first step apart: threads start in it', () => {
  const wait = new DataWait();
  wait.add(0.9, 1);
  expect(wait.takeText()).toBe('');
  wait.add(0.04, 1);
  expect(wait.takeText()).toBe('');
  wait.add(0.1, 1);
  wait.add(0.4, 1);
  expect(wait.takeText()).toBe(', 25% of it waiting for data (num_workers)');
  expect(wait.takeText()).toBe('');
});
