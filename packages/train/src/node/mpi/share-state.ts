import { createHash } from 'node:crypto';
import { readSafetensors, writeSafetensors } from '@hifigan/checkpoint';
import type { Tensor } from '@tensorflow/tfjs';
import type { Trainer } from '../../trainer.js';
import { exportTrainer, importTrainer, type TrainerState } from '../../trainer-state.js';
import type { Communicator } from './communicator.js';
import type { Ranks } from './ranks.js';

/** What to call a state that came from rank 0, in messages. */
export const FROM_LEADER = { generator: 'weights of rank 0', training: 'training of rank 0' };

/** Rank 0 gives all others what its trainer knows: weights, optimizers, place in the data. */
export async function giveState({ communicator }: Ranks, trainer: Trainer): Promise<void> {
  const { generator, training, metadata } = await exportTrainer(trainer);
  await communicator.ibarrier().done();
  give(communicator, writeSafetensors(generator));
  give(communicator, writeSafetensors(training, metadata));
}

/** The state that rank 0 gives; every other rank takes it. */
export async function takeState({ communicator }: Ranks): Promise<TrainerState> {
  // Rank 0 may read for long before it gives.
  await communicator.ibarrier().done();
  const { arrays: generator } = readSafetensors(take(communicator), FROM_LEADER.generator);
  const { arrays: training, metadata } = readSafetensors(take(communicator), FROM_LEADER.training);
  return { generator, training, metadata };
}

/**
 * Compares the weights of all ranks, bit by bit. Sums are the same everywhere, but processors of different kinds may
 * round an update differently; then all take those of rank 0.
 *
 * @param warn told of the ranks whose weights had drifted
 */
export async function alignWeights(
  ranks: Ranks,
  trainer: Trainer,
  warn: (text: string) => void,
): Promise<void> {
  const [leader, ...others] = ranks.tell(digestOf(trainer));
  const drifted = others.flatMap((digest, index) => (digest === leader ? [] : [index + 1]));
  if (drifted.length === 0) return;
  if (ranks.leads) {
    warn(
      `weights of rank ${drifted.join(', ')} differed from those of rank 0, which all take now: their processors or libraries round differently`,
    );
    await giveState(ranks, trainer);
  } else {
    importTrainer(trainer, await takeState(ranks), FROM_LEADER);
  }
}

/** Of all weights, and of the vectors of spectral norms. */
export function digestOf({ generator, adversary }: Trainer): string {
  const hash = createHash('sha256');
  for (const network of [generator, ...(adversary?.networks.values() ?? [])]) {
    for (const tensor of [...network.parameters.values(), ...network.state.buffers.values()]) {
      const values = (tensor as Tensor).dataSync();
      hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    }
  }
  return hash.digest('hex');
}

function give(communicator: Communicator, bytes: Uint8Array): void {
  communicator.broadcast(lengthBytes(bytes.length));
  communicator.broadcast(bytes);
}

function take(communicator: Communicator): Uint8Array {
  const length = lengthBytes(0);
  communicator.broadcast(length);
  const bytes = new Uint8Array(Number(new BigUint64Array(length.buffer)[0]));
  communicator.broadcast(bytes);
  return bytes;
}

function lengthBytes(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(BigUint64Array.of(BigInt(length)).buffer);
}
