import { expect, it } from 'vitest';
import { mixed, ofRate } from './recording-notices.js';

const notices = (...channels: number[][]) =>
  mixed(channels.map((one) => Float32Array.from(one))).notices;

it('says nothing of what is as it should be', () => {
  expect(notices([0, 0.5, -1])).toEqual([]);
  expect(ofRate(22050, 22050)).toEqual([]);
});

it.each([
  [[[0, 0]], /nothing but silence/],
  [[[0.5, -1.25]], /louder than full scale \(peak 1\.25,/],
])('tells of the level of %j', (channels, words) => {
  expect(notices(...channels)).toEqual([expect.stringMatching(words)]);
});

it('mixes channels, and tells of the mix', () => {
  const { mono } = mixed([Float32Array.of(1, 0), Float32Array.of(0, 0.5)]);
  expect([...mono]).toEqual([0.5, 0.25]);
  expect(notices([1], [1])).toEqual(['2 channels were mixed into one']);
  expect(notices([0.5, -0.5], [-0.5, 0.5])[1]).toMatch(/cancel each other/);
  expect(notices([0], [0])[1]).toMatch(/silence/);
});

it('tells of rates', () => {
  expect(ofRate(96000, 22050)).toEqual(['96000 Hz became the voice’s 22050 Hz']);
  expect(ofRate(8000, 22050)).toEqual([
    '8000 Hz became the voice’s 22050 Hz; above 4000 Hz there is no sound in it',
  ]);
});
