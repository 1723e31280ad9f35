/** The processors that a rank may use, and where. */
export interface RankMachine {
  readonly host: string;
  /** Numbers of processors; undefined where the system does not tell. */
  readonly processors?: readonly number[];
}

/** The numbers of a list as Linux has it in `/proc/self/status`: `0-3,8`. */
export function parseProcessors(status: string): number[] | undefined {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1];
  if (!list) return undefined;
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/**
 * Threads of a rank, so that all ranks of a machine have as many as it has processors: launchers may bind each rank to
 * processors of its own, to the same ones, or not at all.
 *
 * @param machines of all ranks
 * @param most what the system allows this process, such as a container's share
 */
export function threadsOfRank(
  machines: readonly RankMachine[],
  rank: number,
  most: number,
): number {
  const own = machines[rank];
  const beside = machines.filter(({ host }) => host === own.host);
  const { processors } = own;
  if (!processors) return Math.max(1, Math.floor(most / beside.length));
  // Each processor is shared by those that may use it.
  const users = (processor: number) =>
    beside.filter((other) => other.processors?.includes(processor) ?? true).length;
  const share = processors.reduce((sum, processor) => sum + 1 / users(processor), 0);
  const allowed = Math.min(1, most / processors.length);
  return Math.max(1, Math.floor(share * allowed + 1e-6));
}

/**
 * What `CUDA_VISIBLE_DEVICES` is to be, so that each rank of a machine has a GPU of its own.
 *
 * @param visible what it is; its devices are shared out where there are several
 * @param gpus of the machine, where it is not set
 * @returns undefined: it stays as it is
 */
export function deviceOfRank(
  local: { readonly rank: number; readonly size: number },
  visible: string | undefined,
  gpus: number,
): string | undefined {
  const devices =
    visible === undefined
      ? Array.from({ length: gpus }, (_, index) => String(index))
      : visible.split(',').filter((device) => device.trim() !== '');
  if (devices.length < 1 || (visible !== undefined && devices.length < 2)) return undefined;
  return devices[local.rank % devices.length];
}
