import type { HifiGanConfig } from '@hifigan/config';

/**
 * Holds `num_gpus` and `dist_config.world_size` of a configuration against the processes that were started. A
 * `num_gpus` of 0, as in all presets, leaves it to them; else there must be one for each GPU of each machine.
 *
 * @param program how to call this program, for the message
 * @throws RangeError where there are more or fewer, with the command that starts as many
 */
export function checkRankCount(config: HifiGanConfig, ranks: number, program = 'hifigan'): void {
  const { num_gpus: gpus, dist_config: distribution } = config;
  if (gpus === 0) return;
  const machines = distribution.world_size;
  const wanted = gpus * machines;
  if (wanted === ranks) return;
  throw new RangeError(
    `num_gpus=${gpus} × dist_config.world_size=${machines} must be ${ranks}, the ${ranks === 1 ? 'process that was' : 'processes that were'} started, because there is ` +
      `one for each GPU of each machine; start them: mpirun -np ${wanted} ${program} train …, or let the processes decide: --set num_gpus=0`,
  );
}

/** What a configuration asks for that MPI stands in for; undefined where it asks for MPI. */
export function describeStandIn(
  { dist_config: { dist_backend: backend, dist_url: url } }: HifiGanConfig,
  library: string,
): string | undefined {
  if (backend === 'mpi') return undefined;
  return `dist_config: dist_backend ${backend} and dist_url ${url} are passed over: ${library} does all the communication`;
}
