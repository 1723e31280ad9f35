import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { type Communicator, openCommunicator } from './communicator.js';
import { findLauncher } from './launcher.js';
import { loadMpi } from './mpi-library.js';
import { deviceOfRank, parseProcessors, type RankMachine, threadsOfRank } from './rank-machine.js';
import { Ranks } from './ranks.js';
import { settleTransports } from './transport-settings.js';

/** The ranks of a launcher, and what this one may use of its machine. */
export interface OpenRanks {
  readonly ranks: Ranks;
  /** So that the ranks of a machine together have one for each of its processors. */
  readonly threads: number;
  /** What `CUDA_VISIBLE_DEVICES` is to be; undefined: as it is. */
  readonly device: string | undefined;
}

/**
 * Joins the other processes where a launcher of MPI started this one, `mpirun -np N` or Slurm's srun; undefined where
 * it was started alone. Only this thread may call MPI then, and `communicator.finalize` or `abort` must be called in
 * the end. Adds to `process.env`, which native libraries read, what transports below MPI must leave alone.
 *
 * @param env tells of the launcher
 * @throws MpiError where koffi or the library is missing, or is that of another MPI than the launcher's
 */
export async function openRanks(
  env: Readonly<Record<string, string | undefined>>,
): Promise<OpenRanks | undefined> {
  const launcher = findLauncher(env);
  if (!launcher) return undefined;
  settleTransports(process.env);
  const communicator = openCommunicator(await loadMpi(launcher, env), launcher);
  const ranks = new Ranks(communicator);
  return {
    ranks,
    threads: threadsOfRank(ranks.tell(ownMachine()), ranks.rank, availableParallelism()),
    device: deviceOf(communicator, env.CUDA_VISIBLE_DEVICES),
  };
}

function ownMachine(): RankMachine {
  const host = hostname();
  try {
    return { host, processors: parseProcessors(readFileSync('/proc/self/status', 'latin1')) };
  } catch {
    return { host };
  }
}

function deviceOf({ local }: Communicator, visible: string | undefined): string | undefined {
  let gpus = 0;
  try {
    gpus = readdirSync('/proc/driver/nvidia/gpus').length;
  } catch {
    // No driver.
  }
  return deviceOfRank(local, visible, gpus);
}
