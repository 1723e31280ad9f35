import { expect, test } from 'vitest';
import { findLauncher } from './launcher.js';

test('each launcher is known by what it sets', () => {
  expect(findLauncher({})).toBeUndefined();
  // Open MPI sets PMIx's too.
  const openMpi = { OMPI_COMM_WORLD_RANK: '1', OMPI_COMM_WORLD_SIZE: '4', PMIX_RANK: '1' };
  expect(findLauncher(openMpi)).toEqual({
    ...{ name: 'mpirun of Open MPI', flavour: 'open-mpi', rank: 1, ranks: 4 },
  });
  expect(findLauncher({ PMI_RANK: '0', PMI_SIZE: '2' })).toEqual({
    ...{ name: 'mpirun of MPICH', flavour: 'mpich', rank: 0, ranks: 2 },
  });
});

test('srun, by the interface that it was told to use', () => {
  const step = { SLURM_STEP_NUM_TASKS: '8', SLURM_PROCID: '3' };
  const name = 'srun of Slurm';
  expect(findLauncher({ ...step, PMIX_RANK: '3' })).toEqual({ name, rank: 3, ranks: 8 });
  expect(findLauncher({ ...step, PMI_RANK: '3' })).toEqual({
    ...{ name, flavour: 'mpich', rank: 3, ranks: 8 },
  });
  // --mpi=none: all ranks would be alone, which is found out later.
  expect(findLauncher(step)).toEqual({ name, rank: 3, ranks: 8 });
});

test('a batch script of Slurm is one process, however many tasks its job has', () => {
  expect(findLauncher({ SLURM_PROCID: '0', SLURM_NTASKS: '8' })).toBeUndefined();
  expect(
    findLauncher({ SLURM_PROCID: '0', SLURM_NTASKS: '8', SLURM_STEP_NUM_TASKS: '1' }),
  ).toBeUndefined();
});
