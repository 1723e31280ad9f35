import { onBackendsWithKernels } from '@hifigan/test-backends';
import { tinyConfig } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import type { Batch } from './batches.js';
import { randomStream } from './random.js';
import { Trainer } from './trainer.js';
import { exportTrainer, importTrainer } from './trainer-state.js';

/** A batch of noise; audio and mel need not belong together here. */
function noise(step: number): Batch {
  const { batch_size: size, segment_size: samples, hop_size, num_mels } = tinyConfig;
  const frames = samples / hop_size;
  const random = randomStream('noise', step);
  const fill = (length: number) => Float32Array.from({ length }, () => random() - 0.5);
  return {
    place: { epoch: 0, batch: step },
    ids: ['a', 'b'],
    size,
    samples,
    frames,
    audio: fill(size * samples),
    mel: fill(size * frames * num_mels),
  };
}

/** A checksum of the bits of each value that a trainer will go on from. */
async function checksums(trainer: Trainer): Promise<Map<string, number>> {
  const { generator, training } = await exportTrainer(trainer);
  const all = [...generator, ...training].map(([name, { data }]) => {
    const bits = new Int32Array((data as Float32Array).buffer, data.byteOffset, data.length);
    let sum = 0x811c9dc5;
    for (let i = 0; i < bits.length; i++) sum = Math.imul(sum ^ bits[i], 0x01000193);
    return [name, sum] as const;
  });
  return new Map(all);
}

onBackendsWithKernels(() => {
  test('a training with the discriminators goes on from its state with the same bits, power iterations and moments included', async () => {
    const tensors = tf.memory().numTensors;
    // They join in the second step, so that the optimizers count differently.
    const trainer = new Trainer({ config: tinyConfig, adversarialStart: 1 });
    const step = (of: Trainer, index: number) =>
      of.step(noise(index), { epoch: 0, batch: index + 1 });
    expect(await step(trainer, 0)).not.toHaveProperty('discriminator');
    expect(await step(trainer, 1)).toHaveProperty('discriminator');
    const state = await exportTrainer(trainer);
    expect(state.metadata).toMatchObject({ optim_g_updates: '2', optim_d_updates: '1' });

    const other = new Trainer({ config: tinyConfig, seed: 5, adversarialStart: 1 });
    importTrainer(other, state, { generator: 'g', training: 'do' });
    expect(other.place).toEqual({ epoch: 0, batch: 2 });
    // One adversarial step moves what is compared: weights, moments, u and v.
    const losses = await step(other, 2);
    const resumed = await checksums(other);
    other.dispose();
    expect(await step(trainer, 2)).toEqual(losses);
    expect(await checksums(trainer)).toEqual(resumed);
    trainer.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
