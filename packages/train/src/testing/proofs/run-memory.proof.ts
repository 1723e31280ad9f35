import { type HifiGanConfig, presets } from '@hifigan/config';
import { generatorWork } from '@hifigan/models';
import { BACKENDS } from '@hifigan/test-backends';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import type { Batch } from '../../batches.js';
import { randomStream } from '../../random.js';
import { stepMemory } from '../../step-memory.js';
import { stepWork } from '../../step-work.js';
import { Trainer } from '../../trainer.js';
import { framesAtATime, validate } from '../../validation.js';

const SECONDS = 10;
/** As the WebAssembly backend lays filters out, see its entry in the command line. */
const FILTER_COPIES = 2.7;

const noise = (length: number, name: string) => {
  const random = randomStream(name);
  return Float32Array.from({ length }, () => random() - 0.5);
};

function batchOf({ batch_size: size, segment_size: samples, hop_size, num_mels }: HifiGanConfig) {
  const frames = samples / hop_size;
  const batch: Batch = {
    place: { epoch: 0, batch: 0 },
    ids: Array.from({ length: size }, (_, index) => `clip ${index}`),
    ...{ size, samples, frames },
    audio: noise(size * samples, 'audio'),
    mel: noise(size * frames * num_mels, 'mel'),
  };
  return batch;
}

// The peak never falls, so the small ones come first.
test.each([
  ['v3', 1, 1000],
  ['v1', 1, 1000],
  ['v2', 2, 0],
] as const)(
  '%s, batch %i: what is estimated is what WebAssembly holds',
  async (name, size, adversarialStart) => {
    await BACKENDS.find(({ name }) => name === 'hifigan-wasm')!.activate();
    const config = { ...presets[name], batch_size: size };
    const trainer = new Trainer({ config, adversarialStart, optimization: { emaDecay: 0.999 } });
    for (const batch of [1, 2]) await trainer.step(batchOf(config), { epoch: 0, batch });
    const audio = noise(SECONDS * config.sampling_rate, 'held out');
    await validate(
      trainer.evaluated,
      config,
      { ids: ['one'], load: async () => ({ audio }) },
      { most: 1 },
    );
    const { heapPeakBytes } = tf.memory() as tf.MemoryInfo & { readonly heapPeakBytes: number };
    const frames = framesAtATime(config, Math.floor(audio.length / config.hop_size));
    const { total } = stepMemory(stepWork(config), {
      ...{
        clips: size,
        adversarial: adversarialStart === 0,
        average: true,
        filterCopies: FILTER_COPIES,
      },
      validation: generatorWork(config, frames),
    });
    const off = total / heapPeakBytes - 1;
    console.log(
      `${name}, batch ${size}: ${total / 1e6} MB estimated, ${heapPeakBytes / 1e6} MB measured`,
    );
    expect(Math.abs(off)).toBeLessThan(0.2);
    trainer.dispose();
  },
  900_000,
);
