/**
 * What UCX, through which MPICH and often Open MPI speak, must leave alone in a process that is not its own.
 *
 * - To hear of memory that is given back, it writes jumps over `mmap`, `brk` and their like, and tries them at once:
 *   `sbrk` by a page, and back (`ucm_fire_mmap_events`, in `MPI_Init_thread`). The threads of V8 allocate meanwhile,
 *   glibc's heap may grow between the two, and loses that page: a start in a hundred was seen to end so. Without,
 *   transports register memory anew for each message, and only where they register it at all.
 * - It takes SIGSEGV for its own, by which V8 finds WebAssembly's accesses out of bounds.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  UCX_MEM_EVENTS: 'no',
  UCX_HANDLE_ERRORS: 'none',
};

/**
 * Sets what transports below MPI read when they are loaded; what is set already stays.
 *
 * @param env `process.env` of the main thread: what is written to it there, libraries see
 */
export function settleTransports(env: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(SETTINGS)) env[name] ??= value;
}
