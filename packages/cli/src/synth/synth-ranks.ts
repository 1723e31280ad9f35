import { findLauncher, openRanks, type Ranks } from '@hifigan/train/node';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import type { JobsReport } from '../run-jobs.js';
import type { Shard } from './shard.js';
import type { AboutSpeaker } from './speak-file.js';

/** What became of files that were to be spoken. */
export interface SynthReport extends JobsReport {
  /** Files that were there already, whole. */
  readonly kept: number;
  /** What spoke, where there was anything to be spoken. */
  readonly voice?: AboutSpeaker;
}

/** The ranks that share the files, where a launcher of MPI started this process as one of several. */
export interface SynthRanks {
  readonly shard: Shard;
  /** Threads of this rank, where the user does not say. */
  readonly threads: number;
  /** What became of the files of all ranks; each must come here once its own are done. */
  gather(own: SynthReport): Promise<SynthReport>;
}

/**
 * Joins the ranks, before any backend is loaded. From then on rank 0 speaks for all; the others warn and tell errors.
 *
 * @throws where MPI cannot be used; UsageError where the user shards as well, or wants the sound on stdout
 */
export async function joinSynthRanks(
  { console, env, atEnd }: Context,
  { shard: asked, out }: { readonly shard?: Shard; readonly out: string },
): Promise<SynthRanks | undefined> {
  const launcher = findLauncher(env);
  if (!launcher) return undefined;
  if (launcher.rank > 0) console.follow(`rank ${launcher.rank}`);
  if (asked) {
    throw new UsageError(
      `--shard ${asked.index + 1}/${asked.count}: does not go with ${launcher.name}, because its ranks share the files by themselves; leave one of them out`,
    );
  }
  if (out === '-' && launcher.ranks !== 1) {
    throw new UsageError(
      `--out -: does not go with ${launcher.name}, because each of its ranks would write to the same stdout; give a file or a folder`,
    );
  }
  const opened = await openRanks(env);
  if (!opened) return undefined;
  const { ranks, threads, device } = opened;
  // Native libraries read the process's own.
  if (device !== undefined) process.env.CUDA_VISIBLE_DEVICES = device;
  let gathered = false;
  atEnd(async (code) => {
    // What came before all met has failed on this rank alone, and the others would wait for it.
    if (!gathered && code !== 0) ranks.communicator.abort(code);
    else ranks.communicator.finalize();
  });
  console.note(
    `${ranks.size} ranks by ${ranks.communicator.library}, ${threads} thread${threads === 1 ? '' : 's'} each`,
  );
  return {
    shard: { index: ranks.rank, count: ranks.size },
    threads,
    async gather(own) {
      // The slowest may take long: waiting for it must not spin.
      await ranks.communicator.ibarrier().done();
      gathered = true;
      return joined(ranks, own);
    },
  };
}

function joined(ranks: Ranks, own: SynthReport): SynthReport {
  const all = ranks.tell(own);
  const voice = all.find((report) => report.voice)?.voice;
  return {
    ...(voice && { voice }),
    files: all.flatMap(({ files }) => files),
    failed: all.flatMap(({ failed }) => failed),
    kept: all.reduce((sum, { kept }) => sum + kept, 0),
  };
}
