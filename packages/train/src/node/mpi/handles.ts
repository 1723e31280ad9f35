import type { MpiFlavour } from './launcher.js';

/** A handle or a pointer as koffi takes it: an integer of C, or an address. */
export type Handle = number | bigint;

/** What the header mpi.h of an implementation makes of MPI's names; facts that no library tells when asked. */
export interface Handles {
  /** The C type of a handle. */
  readonly type: 'int' | 'void *';
  readonly world: Handle;
  readonly float: Handle;
  readonly double: Handle;
  readonly byte: Handle;
  readonly sum: Handle;
  readonly errorsReturn: Handle;
  readonly noInfo: Handle;
  /** MPI_COMM_TYPE_SHARED */
  readonly sharedMemory: number;
  readonly inPlace: bigint;
  readonly ignoreStatus: bigint;
}

/** Longest text of MPI_Get_library_version: 256 in Open MPI, 8192 in MPICH. */
export const MOST_VERSION_BYTES = 8192;
/** Longest text of MPI_Error_string: 256 in Open MPI, 512 in MPICH. */
export const MOST_ERROR_BYTES = 512;
/** MPI_THREAD_FUNNELED, in both: only the thread that initialised MPI calls it. */
export const THREAD_FUNNELED = 1;

/**
 * Which implementation a library is, by what it says of itself. Those that come from MPICH share its handles by a
 * promise of theirs (the MPICH ABI Compatibility Initiative: Intel MPI, MVAPICH, Cray MPICH).
 */
export function flavourOf(version: string): MpiFlavour | undefined {
  if (/^Open MPI v/i.test(version)) return 'open-mpi';
  if (/^(MPICH|Intel\(R\) MPI|MVAPICH2?|CRAY MPICH)/i.test(version)) return 'mpich';
  return undefined;
}

/** Open MPI 4 and 5, mpi.h: handles are the addresses of its objects; MPI_COMM_TYPE_SHARED is the first of an enum. */
export function openMpiHandles(addressOf: (symbol: string) => bigint): Handles {
  return {
    type: 'void *',
    world: addressOf('ompi_mpi_comm_world'),
    float: addressOf('ompi_mpi_float'),
    double: addressOf('ompi_mpi_double'),
    byte: addressOf('ompi_mpi_byte'),
    sum: addressOf('ompi_mpi_op_sum'),
    errorsReturn: addressOf('ompi_mpi_errors_return'),
    noInfo: addressOf('ompi_mpi_info_null'),
    sharedMemory: 0,
    inPlace: 1n,
    ignoreStatus: 0n,
  };
}

/** MPICH 3 and 4, mpi.h: handles are integers of C. */
export const MPICH_HANDLES: Handles = {
  type: 'int',
  world: 0x44000000,
  float: 0x4c00040a,
  double: 0x4c00080b,
  byte: 0x4c00010d,
  sum: 0x58000003,
  errorsReturn: 0x54000001,
  noInfo: 0x1c000000,
  sharedMemory: 1,
  // (void *) -1
  inPlace: 0xffffffffffffffffn,
  ignoreStatus: 1n,
};
