import { setTimeout as sleep } from 'node:timers/promises';
import type { HifiGanConfig } from '@hifigan/config';
import {
  checkRankCount,
  describeStandIn,
  findLauncher,
  openRanks,
  type Ranks,
  removeUnfinished,
} from '@hifigan/train/node';
import type { Context } from '../context.js';

/** Milliseconds that a launcher has to read what was said: MPICH's drops at an abort what it has not read. */
const LAST_WORDS = 500;

/** The ranks that train together, where a launcher of MPI started this process as one of several. */
export interface TrainRanks {
  /** Absent where it trains alone. */
  readonly ranks?: Ranks;
  /** Threads of this rank, where the user does not say. */
  readonly threads?: number;
}

/**
 * Joins the ranks that a launcher of MPI started, before any backend is loaded: each has its own GPU and its share of
 * the processors. From then on only rank 0 speaks, and all end together; a rank that fails ends the others.
 *
 * @throws where MPI cannot be used, or as many processes were not asked for
 */
export async function joinRanks(context: Context, config: HifiGanConfig): Promise<TrainRanks> {
  const { console, env, program } = context;
  const launcher = findLauncher(env);
  if (launcher && launcher.rank > 0) console.follow(`rank ${launcher.rank}`);
  const opened = await openRanks(env);
  const name = program?.includes('hifigan-gpu') ? 'hifigan-gpu' : 'hifigan';
  if (!opened) {
    checkRankCount(config, 1, name);
    return {};
  }
  const { ranks, threads, device } = opened;
  const { communicator } = ranks;
  context.atEnd(async (code) => {
    // Interrupted, all have agreed on the end.
    if (code !== 0 && code !== 130) {
      removeUnfinished();
      await sleep(LAST_WORDS);
      communicator.abort(code);
    }
    // Rank 0 may still be saving.
    await communicator.ibarrier().done();
    communicator.finalize();
  });
  checkRankCount(config, ranks.size, name);
  // Native libraries read the process's own.
  if (device !== undefined) process.env.CUDA_VISIBLE_DEVICES = device;
  const standIn = ranks.size > 1 ? describeStandIn(config, communicator.library) : undefined;
  if (standIn && ranks.leads) console.warn(standIn);
  const shares = config.batch_size / ranks.size;
  console.note(
    `${ranks.size} ranks by ${communicator.library}, ${threads} thread${threads === 1 ? '' : 's'} each, ` +
      `${Number.isInteger(shares) ? shares : `${Math.floor(shares)} or ${Math.ceil(shares)}`} of ${config.batch_size} clips each`,
  );
  return { ranks, threads };
}
