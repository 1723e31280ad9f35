// A program for tests: trains on noise, alone or as one of the ranks of a launcher, and writes what came of it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSafetensors } from '@hifigan/checkpoint';
import { BACKENDS } from '@hifigan/test-backends';
import { tinyConfig } from '@hifigan/testkit';
import type * as tf from '@tensorflow/tfjs';
import type { Batch } from '../batches.js';
import { openRanks } from '../node/mpi/open-ranks.js';
import { digestOf } from '../node/mpi/share-state.js';
import { MicroBatch } from '../parts.js';
import { randomStream } from '../random.js';
import { itemsOf } from '../share.js';
import { Trainer } from '../trainer.js';

const [out, backend, steps, clips, atATime] = process.argv.slice(2);
const batchSize = Number(clips);
/** V1's kind of block, small; the discriminators are large whatever the generator is. */
const config = { ...tinyConfig, resblock: '1' as const, resblock_dilation_sizes: [[1, 3, 5]] };
const frames = config.segment_size / config.hop_size;

const opened = await openRanks(process.env);
const ranks = opened?.ranks;
await BACKENDS.find(({ name }) => name === backend)?.activate();

const { start, size } = itemsOf(ranks?.share ?? { rank: 0, ranks: 1 }, batchSize);

/** Noise that depends on step and item alone. */
function batch(step: number): Batch {
  const items = Array.from({ length: size }, (_, index) => start + index);
  const noise = (kind: string, length: number) =>
    Float32Array.from(
      items.flatMap((item) => {
        const random = randomStream(kind, step, item);
        return Array.from({ length }, () => random() - 0.5);
      }),
    );
  return {
    place: { epoch: 0, batch: step },
    ids: items.map((item) => `clip ${item}`),
    ...{ size, share: size / batchSize },
    samples: config.segment_size,
    frames,
    audio: noise('audio', config.segment_size),
    mel: noise('mel', frames * config.num_mels),
  };
}

const trainer = new Trainer({
  config,
  ...(atATime && { microBatch: new MicroBatch({ clips: Number(atATime) }) }),
  ...ranks?.training,
});
const arrays = new Map<string, { shape: readonly number[]; data: Float32Array }>();
const keep = (name: string, tensor: tf.Tensor) =>
  arrays.set(name, { shape: tensor.shape, data: tensor.dataSync().slice() as Float32Array });
const losses: Record<string, number>[] = [];
for (let step = 0; step < Number(steps); step++) {
  const observe = (of: string, gradients: readonly tf.Tensor[]) => {
    const { parameters } = of === 'generator' ? trainer.optimizer : trainer.join().optimizer;
    [...parameters.keys()].forEach((name, index) => {
      keep(`gradient/${of}/${name}`, gradients[index]);
    });
  };
  const next = { epoch: 0, batch: step + 1 };
  const found = await trainer.step(batch(step), next, step === 0 ? { observe } : {});
  losses.push({ ...found.parts });
}
for (const [name, network] of [
  ['generator', trainer.generator] as const,
  ...trainer.join().networks,
]) {
  for (const [key, tensor] of [...network.parameters, ...network.state.buffers]) {
    keep(`weight/${name}/${key}`, tensor);
  }
}
const rank = ranks?.rank ?? 0;
if (rank === 0) writeFileSync(join(out, 'arrays.safetensors'), writeSafetensors(arrays));
writeFileSync(
  join(out, `rank-${rank}.json`),
  JSON.stringify({ losses, digest: digestOf(trainer) }),
);
trainer.dispose();
ranks?.communicator.finalize();
// Native threads may go on for a while.
process.exit(0);
