import { expect, test } from 'vitest';
import { splitRecordings } from './recordings.js';

/** Of whole pieces of ten samples; each sample tells where it stood. */
const recording = (id: string, samples: number) => ({
  id,
  audio: Float32Array.from({ length: samples }, (_, n) => (n + 1) / samples),
});

test('each recording is normalised by itself and cut into pieces, of which the last is held out', async () => {
  const { training, heldOut } = splitRecordings([recording('a', 30), recording('b', 20)], 10);
  expect(training.ids).toEqual(['a (1 of 3)', 'a (2 of 3)', 'a (3 of 3)', 'b (1 of 2)']);
  expect(heldOut.ids).toEqual(['b (2 of 2)']);
  const { audio: last } = await training.load(2);
  expect(last).toHaveLength(10);
  expect(last[0]).toBeCloseTo((0.95 * 21) / 30, 6);
  expect(last[9]).toBeCloseTo(0.95, 6);
  const { audio: held } = await heldOut.load(0);
  expect(held[0]).toBeCloseTo((0.95 * 11) / 20, 6);
});

test('of each ten pieces the last is held out, and nothing is both', () => {
  const { training, heldOut } = splitRecordings([recording('a', 200), recording('b', 50)], 10);
  expect(heldOut.ids).toEqual(['a (10 of 20)', 'a (20 of 20)']);
  expect(training.ids).toHaveLength(23);
  expect(new Set([...training.ids, ...heldOut.ids]).size).toBe(25);
});

test('what fills no quarter of a piece is left out', async () => {
  const { training, heldOut } = splitRecordings(
    [recording('a', 12), recording('short', 2), recording('b', 13)],
    10,
  );
  expect([...training.ids, ...heldOut.ids]).toEqual(['a (1 of 1)', 'b (1 of 2)', 'b (2 of 2)']);
  expect((await heldOut.load(0)).audio).toHaveLength(3);
});

test('recordings that fill no quarter of a piece are joined, each with its own level', async () => {
  const short = Array.from({ length: 15 }, (_, n) => recording(`${n}`, 2));
  const { training, heldOut } = splitRecordings(
    [short[0], recording('a', 10), ...short.slice(1)],
    10,
  );
  expect(training.ids).toEqual(['a (1 of 1)', '0 to 14 (1 of 3)', '0 to 14 (2 of 3)']);
  expect(heldOut.ids).toEqual(['0 to 14 (3 of 3)']);
  const expected = Array.from({ length: 10 }, (_, n) => (n % 2 ? 0.95 : 0.475));
  for (const clips of [training, heldOut]) {
    const { audio } = await clips.load(clips.ids.length - 1);
    for (const [n, value] of expected.entries()) expect(audio[n]).toBeCloseTo(value, 6);
  }
});

test('too little, and what is no number, is refused in words', () => {
  expect(() => splitRecordings([recording('a', 12)], 10)).toThrow(
    'pieces=1 of 10 samples must be at least 2',
  );
  const broken = { id: 'broken.wav', audio: new Float32Array(40).fill(Number.NaN) };
  expect(() => splitRecordings([broken], 10)).toThrow('broken.wav');
});
