import { presets } from '@hifigan/config';
import { expect, test } from 'vitest';
import { checkRankCount, describeStandIn } from './rank-plan.js';

const configOf = (gpus: number, machines: number, backend = 'nccl') => ({
  ...presets.v1,
  num_gpus: gpus,
  dist_config: { ...presets.v1.dist_config, dist_backend: backend, world_size: machines },
});

test('without num_gpus, as in the presets, any number of ranks will do', () => {
  expect(presets.v1.num_gpus).toBe(0);
  for (const ranks of [1, 2, 7]) checkRankCount(configOf(0, 3), ranks);
});

test('num_gpus × world_size must be the ranks; else the message starts as many', () => {
  checkRankCount(configOf(4, 2), 8);
  checkRankCount(configOf(1, 1), 1);
  expect(() => checkRankCount(configOf(4, 2), 4, 'hifigan-gpu')).toThrow(
    /^num_gpus=4 × dist_config.world_size=2 must be 4, .* mpirun -np 8 hifigan-gpu train …, .*--set num_gpus=0$/,
  );
  expect(() => checkRankCount(configOf(2, 1), 1)).toThrow(
    'must be 1, the process that was started',
  );
});

test('what the reference communicates with is told to be passed over', () => {
  expect(describeStandIn(configOf(0, 1), 'Open MPI v4.1.4')).toBe(
    'dist_config: dist_backend nccl and dist_url tcp://localhost:54321 are passed over: Open MPI v4.1.4 does all the communication',
  );
  expect(describeStandIn(configOf(0, 1, 'mpi'), 'MPICH 4.0.2')).toBeUndefined();
});
