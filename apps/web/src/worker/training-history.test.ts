import { expect, test } from 'vitest';
import { trainingWords } from '../page/training-words.js';
import { TrainingHistory } from './training-history.js';

test('loss and speed are means of the last ten steps', () => {
  const history = new TrainingHistory();
  expect([history.loss, history.stepsPerSecond]).toEqual([undefined, undefined]);
  history.addStep(100, 9);
  for (let step = 1; step <= 10; step++) history.addStep(step, 0.5);
  expect(history.loss).toBeCloseTo(5.5, 9);
  expect(history.stepsPerSecond).toBeCloseTo(2, 9);
  expect(history.seconds).toBeCloseTo(14, 9);
  expect(history.losses).toHaveLength(11);
});

test('what is known is told in words', () => {
  expect(trainingWords({ state: 'training', steps: 0, seconds: 0 })).toBe('step 0');
  const heldOut = { before: 0.5, now: 0.4, steps: 25 };
  expect(
    trainingWords({
      ...{ state: 'paused', steps: 30, seconds: 9, loss: 0.4567, stepsPerSecond: 1.234, heldOut },
    }),
  ).toBe('step 30; loss 0.457; held-out 0.400 after 25 steps, 0.500 before; 1.23 steps per second');
});
