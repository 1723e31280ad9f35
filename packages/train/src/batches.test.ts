import { createMelSpectrogram, melOptions } from '@hifigan/audio';
import { tinyConfig } from '@hifigan/testkit';
import { describe, expect, test } from 'vitest';
import { Batches, type Place } from './batches.js';
import type { ClipSource } from './clip.js';

const SEGMENT = 1024;
const mel = createMelSpectrogram(melOptions(tinyConfig));

/** Clip `i` rises from 0.1 (i + 1) in steps of 1e-5, so that a crop tells clip and start. */
function clips(lengths: readonly number[]): ClipSource {
  return {
    ids: lengths.map((_, index) => String.fromCharCode(97 + index)),
    load: async (index) => ({
      audio: Float32Array.from({ length: lengths[index] }, (_, n) => 0.1 * (index + 1) + 1e-5 * n),
    }),
  };
}

function batches(lengths: readonly number[], batchSize: number, seed = 1): Batches {
  return new Batches({ clips: clips(lengths), batchSize, segmentSize: SEGMENT, mel, seed });
}

/** Names of an epoch's clips, in order. */
async function epochOf(of: Batches, epoch: number): Promise<string[]> {
  const ids: string[] = [];
  for (let batch = 0; batch < of.perEpoch; batch++) {
    ids.push(...(await of.at({ epoch, batch })).ids);
  }
  return ids;
}

describe('an epoch', () => {
  test('has each clip at most once, in a new order each time; all come up in the end', async () => {
    const of = batches(Array(7).fill(1500), 2);
    expect(of.perEpoch).toBe(3);
    const seen = new Set<string>();
    const orders = new Set<string>();
    for (let epoch = 0; epoch < 8; epoch++) {
      const ids = await epochOf(of, epoch);
      expect(new Set(ids).size).toBe(6);
      for (const id of ids) seen.add(id);
      orders.add(ids.join(''));
    }
    expect(seen.size).toBe(7);
    expect(orders.size).toBe(8);
  });

  test('of fewer clips than a batch repeats them, cropped anew', async () => {
    const of = batches([3000, 3000], 5);
    expect(of.perEpoch).toBe(1);
    const { ids, audio } = await of.at({ epoch: 0, batch: 0 });
    expect([...ids].sort().join('')).toMatch(/^(aaabb|aabbb)$/);
    const starts = ids.map((_, item) => audio[item * SEGMENT]);
    expect(new Set(starts).size).toBe(5);
  });

  test('ends after its last batch', () => {
    const of = batches(Array(5).fill(1500), 2);
    const places: Place[] = [{ epoch: 0, batch: 0 }];
    for (let i = 0; i < 3; i++) places.push(of.after(places[i]));
    expect(places.map(({ epoch, batch }) => [epoch, batch])).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
  });
});

test('a batch depends on seed and place alone', async () => {
  const place = { epoch: 3, batch: 1 };
  const of = batches(Array(6).fill(3000), 2);
  await epochOf(of, 0);
  const found = await of.at(place);
  expect(await batches(Array(6).fill(3000), 2).at(place)).toEqual(found);
  expect((await batches(Array(6).fill(3000), 2, 2).at(place)).audio).not.toEqual(found.audio);
  expect((await of.at({ epoch: 4, batch: 1 })).audio).not.toEqual(found.audio);
});

test('a batch holds the crops and their mels, short clips with zeros behind', async () => {
  const {
    audio,
    mel: mels,
    frames,
    size,
    samples,
  } = await batches([700, 3000], 2).at({
    epoch: 0,
    batch: 0,
  });
  expect([size, samples, frames]).toEqual([2, SEGMENT, SEGMENT / tinyConfig.hop_size]);
  const width = frames * tinyConfig.num_mels;
  expect([audio.length, mels.length]).toEqual([2 * SEGMENT, 2 * width]);
  for (let item = 0; item < 2; item++) {
    const segment = audio.slice(item * SEGMENT, (item + 1) * SEGMENT);
    expect(mels.slice(item * width, (item + 1) * width)).toEqual(mel.analyze(segment).data);
    const zeros = segment.filter((sample) => sample === 0).length;
    // The first clip is the short one.
    expect(zeros).toBe(segment[0] < 0.15 ? SEGMENT - 700 : 0);
  }
});

test('no clips are refused', () => {
  expect(() => batches([], 2)).toThrow('clips=0 must be at least 1');
});
