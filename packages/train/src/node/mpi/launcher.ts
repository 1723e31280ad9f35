/** Implementations of MPI whose handles are known here. */
export type MpiFlavour = 'open-mpi' | 'mpich';

/** What started this process as one of several, by the variables that it left. */
export interface Launcher {
  /** For people. */
  readonly name: string;
  /** The implementation that its ranks speak; absent where it starts those of several. */
  readonly flavour?: MpiFlavour;
  readonly rank: number;
  /** Absent where the launcher does not say it. */
  readonly ranks?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The launcher of MPI processes that started this one; undefined where it was started alone.
 *
 * (Open MPI's mpirun sets OMPI_COMM_WORLD_*; MPICH's, which Intel's and others come from, PMI_*, as does `srun
 * --mpi=pmi2`; `srun --mpi=pmix` PMIX_RANK. Slurm's own SLURM_PROCID is also there in a batch script, where there is
 * one process: only a step of several tasks counts.)
 */
export function findLauncher(env: Environment): Launcher | undefined {
  const rankOf = (name: string) => wholeNumber(env[name]);
  const openMpi = rankOf('OMPI_COMM_WORLD_RANK');
  if (openMpi !== undefined) {
    const ranks = rankOf('OMPI_COMM_WORLD_SIZE');
    return { name: 'mpirun of Open MPI', flavour: 'open-mpi', rank: openMpi, ...counted(ranks) };
  }
  const tasks = rankOf('SLURM_STEP_NUM_TASKS');
  const task = rankOf('SLURM_PROCID');
  const slurm = tasks !== undefined && task !== undefined && tasks > 1;
  const pmi = rankOf('PMI_RANK');
  if (pmi !== undefined) {
    const ranks = rankOf('PMI_SIZE') ?? tasks;
    const name = slurm ? 'srun of Slurm' : 'mpirun of MPICH';
    return { name, flavour: 'mpich', rank: pmi, ...counted(ranks) };
  }
  const pmix = rankOf('PMIX_RANK');
  if (pmix !== undefined) {
    return {
      name: slurm ? 'srun of Slurm' : 'a launcher with PMIx',
      rank: pmix,
      ...counted(tasks),
    };
  }
  return slurm ? { name: 'srun of Slurm', rank: task, ranks: tasks } : undefined;
}

function counted(ranks: number | undefined) {
  return ranks === undefined ? {} : { ranks };
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
