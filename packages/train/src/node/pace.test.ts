import { expect, test } from 'vitest';
import { describeStep, Pace } from './pace.js';

/** Steps that take the given seconds each; the last one's progress. */
function paced(seconds: readonly number[], end: { lastStep: number; deadline: number }) {
  let time = 0;
  const pace = new Pace(() => time);
  return seconds.map((took, index) => {
    time += took * 1000;
    return pace.after(index + 1, { epoch: 0, mel: 1, ...end });
  });
}

const never = { lastStep: Number.POSITIVE_INFINITY, deadline: Number.POSITIVE_INFINITY };

test('the speed is that of the last twenty steps, the first of all left out', () => {
  const progress = paced([30, 1, 1, ...Array(40).fill(0.5)], never);
  expect(progress[0].stepsPerSecond).toBeCloseTo(1 / 30);
  expect(progress[1].stepsPerSecond).toBeCloseTo(1);
  // 2 steps of a second and 18 of a half.
  expect(progress[20].stepsPerSecond).toBeCloseTo(20 / 11);
  expect(progress[22].stepsPerSecond).toBeCloseTo(2);
});

test('the time left is that of the nearer end', () => {
  const [first, second] = paced([2, 2], { lastStep: 10, deadline: Number.POSITIVE_INFINITY });
  expect(first).toMatchObject({ secondsLeft: 18, lastStep: 10 });
  expect(second).toMatchObject({ secondsLeft: 16, lastStep: 10 });
  const [, timed] = paced([2, 2], { lastStep: 10, deadline: 10_000 });
  expect(timed).toMatchObject({ secondsLeft: 6, lastStep: 5 });
  const [late] = paced([2], { lastStep: 10, deadline: 1000 });
  expect(late).toMatchObject({ secondsLeft: 0, lastStep: 1 });
});

test('a pause does not count', () => {
  let time = 0;
  const pace = new Pace(() => time);
  const next = () => pace.after(1, { epoch: 0, mel: 1, ...never }).stepsPerSecond;
  time = 1000;
  next();
  time = 2000;
  next();
  time = 60_000;
  pace.restart();
  time = 61_000;
  expect(next()).toBeCloseTo(1);
});

test('a line tells the time left where there is an end, and seconds a step where steps are slow', () => {
  const losses = { parts: {}, mel: 0.41209, generator: 31.2, discriminator: 4.1 };
  const progress = { step: 1200, epoch: 3, mel: 0.41209, stepsPerSecond: 1.52, lastStep: 5000 };
  expect(describeStep({ ...progress, secondsLeft: 2467 }, losses)).toBe(
    'step 1200, epoch 3: mel 0.4121, generator 31.20, discriminators 4.100; 1.52 steps/s, 0:41:07 left',
  );
  expect(
    describeStep(
      { ...progress, stepsPerSecond: 0.25, secondsLeft: Number.POSITIVE_INFINITY },
      { parts: { magnitude: 21.304 }, mel: 0.41209, generator: 18.5 },
    ),
  ).toBe('step 1200, epoch 3: mel 0.4121, magnitude 21.30; 4.00 s a step');
});
