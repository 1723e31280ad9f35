import { setTimeout as sleep } from 'node:timers/promises';
import { optimizationOf } from '../../optimization.js';
import { Trainer } from '../../trainer.js';
import { adversarialStartOf, importTrainer, seedOf } from '../../trainer-state.js';
import { breather } from '../breathe.js';
import { openCheckedClips } from '../check-recordings.js';
import { type DataKind, storedMelsOf } from '../data-options.js';
import { clipsDigest, parseFileList, readFileList } from '../file-list.js';
import { openBatches } from '../open-batches.js';
import type { RecordedClipsOptions } from '../recorded-clips.js';
import type { RunResult, RunSettings } from '../run-options.js';
import { microBatchOf } from '../run-trainer.js';
import type { Ranks } from './ranks.js';
import { alignWeights, FROM_LEADER, takeState } from './share-state.js';

/** Milliseconds that rank 0 is given to tell of an error first. */
const COURTESY = 1000;

/** Every rank tells, at the start, what it learns with and from. */
interface Premise {
  readonly config: string;
  readonly clips: string;
  /** Settled by rank 0, which alone reads checkpoints. */
  readonly kind?: DataKind;
}

/**
 * The training of a rank that follows: takes all that rank 0 has learned, learns from its share of each batch until
 * rank 0 says that it is over, and writes nothing. Needs the recordings, but not the folder of the run.
 *
 * @throws where recordings are missing or wrong; where configuration or list are not those of rank 0
 */
export async function followTraining(options: RunSettings, ranks: Ranks): Promise<RunResult> {
  try {
    return await follow(options, ranks);
  } catch (error) {
    // What is wrong here may be wrong on all ranks: rank 0 tells of it first, and ends them.
    await sleep(COURTESY);
    throw error;
  }
}

async function follow(options: RunSettings, ranks: Ranks): Promise<RunResult> {
  const { config, reporter, signal } = options;
  const list = options.trainingFile;
  const clips: RecordedClipsOptions = {
    folder: options.wavs,
    ids: parseFileList(await readFileList(list), list),
    samplingRate: config.sampling_rate,
    ...storedMelsOf(options),
    ...(options.cacheBytes !== undefined && { cacheBytes: options.cacheBytes }),
  };
  // Rank 0 tells of them.
  await openCheckedClips(clips, { warn: () => undefined, signal });
  const state = await takeState(ranks);
  const kind = comparePremises(ranks, options, clips.ids);
  const trainer = new Trainer({
    config,
    seed: seedOf(state.metadata, FROM_LEADER.training),
    adversarialStart: adversarialStartOf(state.metadata, FROM_LEADER.training),
    microBatch: microBatchOf(options),
    optimization: optimizationOf(state.metadata, FROM_LEADER.training),
    ...ranks.training,
  });
  const { data = {} } = options;
  const { stream: batches } = openBatches({
    ...{ config, clips, data, kind },
    ...{ seed: trainer.seed, share: ranks.share },
  });
  try {
    importTrainer(trainer, state, FROM_LEADER);
    const pause = breather();
    for (;;) {
      const batch = await batches.at(trainer.place);
      const own = { interrupted: signal?.aborted === true, over: false, compare: false };
      const agreed = await ranks.agree(own);
      if (agreed.compare) await alignWeights(ranks, trainer, reporter.warn);
      if (agreed.over || agreed.interrupted) {
        return {
          reason: agreed.over ? 'finished' : 'interrupted',
          steps: trainer.steps,
          epoch: trainer.place.epoch,
        };
      }
      await trainer.step(batch, batches.after(trainer.place), { pause });
    }
  } catch (error) {
    // Rank 0 tells of what all ranks met together, and ends them.
    if (ranks.blame(error) !== error) await ranks.communicator.ibarrier().done();
    throw error;
  } finally {
    await batches.dispose();
    trainer.dispose();
  }
}

/**
 * Refuses a rank that learns with another configuration or from other clips than rank 0; every rank calls it.
 *
 * @param kind what rank 0 has settled
 * @returns the same on all ranks
 * @throws RangeError on all ranks, with those that differ
 */
export function comparePremises(
  ranks: Ranks,
  { config, trainingFile }: RunSettings,
  ids: readonly string[],
  kind?: DataKind,
): DataKind {
  const [leader, ...others] = ranks.tell<Premise>({
    config: JSON.stringify(config),
    clips: clipsDigest(ids),
    ...(kind && { kind }),
  });
  const unlike = (key: 'config' | 'clips') =>
    others.flatMap((premise, index) => (premise[key] === leader[key] ? [] : [index + 1]));
  const problems = [
    ...unlike('config').map((rank) => `the configuration of rank ${rank}`),
    ...unlike('clips').map((rank) => `${trainingFile} of rank ${rank}`),
  ];
  if (problems.length > 0) {
    throw new RangeError(
      `${problems.join(', ')}: must be as on rank 0, because all ranks learn the same from shares of the same batches; copy the files`,
    );
  }
  return leader.kind!;
}
