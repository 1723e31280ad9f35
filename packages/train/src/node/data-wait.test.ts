import { expect, test } from 'vitest';
import { DataWait } from './data-wait.js';

test('the log gets the mean of all steps since it asked', () => {
  const wait = new DataWait();
  wait.add(0.3, 1);
  wait.add(0.1, 1);
  expect(wait.takeMean()).toBeCloseTo(0.2, 12);
  expect(wait.takeMean()).toBe(0);
  wait.add(0.5, 1);
  expect(wait.takeMean()).toBe(0.5);
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
