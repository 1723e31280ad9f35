import { setTimeout as sleep } from 'node:timers/promises';
import { breathe } from '../breathe.js';
import { type Handle, MOST_ERROR_BYTES, THREAD_FUNNELED } from './handles.js';
import type { Launcher } from './launcher.js';
import {
  LIBRARY_VARIABLE,
  type MpiArgument,
  MpiError,
  type MpiFunctions,
  type MpiLibrary,
} from './mpi-library.js';

/** Values that are summed over ranks, in plain, shared or WebAssembly memory. */
export type Summands = Float32Array | Float64Array;

/** A collective operation on its way. What it was handed must stay as it is until it is done. */
export interface Pending {
  /** Whether it is done; moves it on. */
  test(): boolean;
  /** Waits at full speed, and lets nothing else in. */
  wait(): void;
  /** Waits for as long as it takes, and lets signals and timers in. */
  done(): Promise<void>;
}

/** All processes that train together; each calls the same operations in the same order. */
export interface Communicator {
  /** 0 to `size` − 1 */
  readonly rank: number;
  readonly size: number;
  /** The library that does the communication, `Open MPI v4.1.4`. */
  readonly library: string;
  /** Among the processes of this machine. */
  readonly local: { readonly rank: number; readonly size: number };
  /** Sums over ranks, in place; all get the same. */
  allreduceSum(values: Summands): void;
  iallreduceSum(values: Summands): Pending;
  /** Overwrites the bytes with those of rank 0. */
  broadcast(bytes: Uint8Array): void;
  /** What each rank gave, by rank; the lengths may differ. */
  allgather(bytes: Uint8Array): Uint8Array[];
  /** Done when all have come here. */
  ibarrier(): Pending;
  /** Ends all processes at once, this one too; for the moment after the reason has been told. */
  abort(code: number): void;
  /** The last call of all; each rank must come here. */
  finalize(): void;
}

/** Bytes of one broadcast: a count is an int of C. */
const MOST_BYTES = 2 ** 30;
/** Milliseconds between two looks at an operation that takes long; the first looks follow each other at once. */
const LONGEST_SLEEP = 10;

/**
 * Joins the ranks of a launcher. Afterwards, only this thread may call MPI, and `finalize` must be called.
 *
 * @throws MpiError where the ranks are not those that the launcher started: a library of another MPI thinks that it
 *   is alone
 */
export function openCommunicator(library: MpiLibrary, launcher: Launcher): Communicator {
  const communicator = new MpiCommunicator(library);
  const { rank, size } = communicator;
  const { ranks = size } = launcher;
  if (size !== ranks || rank !== launcher.rank) {
    throw new MpiError(
      `${library.name}: is rank ${rank} of ${size}, where ${launcher.name} started rank ${launcher.rank} of ${ranks}, because it is the ` +
        `library of another MPI; take the mpirun of ${library.name}, or name the right library: ${LIBRARY_VARIABLE}=/path/to/libmpi.so` +
        (launcher.name.startsWith('srun')
          ? '; with srun: --mpi=pmix for Open MPI, --mpi=pmi2 for MPICH'
          : ''),
    );
  }
  return communicator;
}

class MpiCommunicator implements Communicator {
  readonly rank: number;
  readonly size: number;
  readonly library: string;
  readonly local: { readonly rank: number; readonly size: number };
  private readonly mpi: MpiLibrary;

  constructor(library: MpiLibrary) {
    this.mpi = library;
    this.library = library.name;
    const { world, errorsReturn, noInfo, sharedMemory } = library.handles;
    this.call('MPI_Init_thread', null, null, THREAD_FUNNELED, new Int32Array(1));
    // Else the library ends the process, with words of its own.
    this.call('MPI_Comm_set_errhandler', world, errorsReturn);
    this.rank = this.ask('MPI_Comm_rank', world);
    this.size = this.ask('MPI_Comm_size', world);
    const [machine] = this.out((slot) =>
      this.call('MPI_Comm_split_type', world, sharedMemory, this.rank, noInfo, slot),
    );
    this.local = {
      rank: this.ask('MPI_Comm_rank', machine),
      size: this.ask('MPI_Comm_size', machine),
    };
  }

  allreduceSum(values: Summands): void {
    const { inPlace, sum, world } = this.mpi.handles;
    this.call('MPI_Allreduce', inPlace, values, values.length, this.typeOf(values), sum, world);
  }

  iallreduceSum(values: Summands): Pending {
    const { inPlace, sum, world } = this.mpi.handles;
    const type = this.typeOf(values);
    takeOutOfHeap(values);
    return this.pending(values, (slot) =>
      this.call('MPI_Iallreduce', inPlace, values, values.length, type, sum, world, slot),
    );
  }

  broadcast(bytes: Uint8Array): void {
    const { byte, world } = this.mpi.handles;
    for (let start = 0; start < bytes.length; start += MOST_BYTES) {
      const piece = bytes.subarray(start, start + MOST_BYTES);
      this.call('MPI_Bcast', piece, piece.length, byte, 0, world);
    }
  }

  allgather(bytes: Uint8Array): Uint8Array[] {
    const { byte, world } = this.mpi.handles;
    const lengths = new Int32Array(this.size);
    const own = Int32Array.of(bytes.length);
    this.call('MPI_Allgather', own, 4, byte, lengths, 4, byte, world);
    const starts = new Int32Array(this.size);
    for (let rank = 1; rank < this.size; rank++) {
      starts[rank] = starts[rank - 1] + lengths[rank - 1];
    }
    const all = new Uint8Array(starts[this.size - 1] + lengths[this.size - 1] + 1);
    const { length } = bytes;
    this.call('MPI_Allgatherv', bytes, length, byte, all, lengths, starts, byte, world);
    return [...starts].map((start, rank) => all.slice(start, start + lengths[rank]));
  }

  ibarrier(): Pending {
    return this.pending(undefined, (slot) =>
      this.call('MPI_Ibarrier', this.mpi.handles.world, slot),
    );
  }

  abort(code: number): void {
    this.mpi.functions.MPI_Abort(this.mpi.handles.world, code);
  }

  finalize(): void {
    this.call('MPI_Finalize');
  }

  private typeOf(values: Summands): Handle {
    const { float, double } = this.mpi.handles;
    return values instanceof Float32Array ? float : double;
  }

  /** @param held what MPI works on: it has only its address, and must not be collected */
  private pending(held: Summands | undefined, begin: (slot: ArrayBufferView) => void): Pending {
    const [, slot] = this.out(begin);
    const { ignoreStatus } = this.mpi.handles;
    const flag = new Int32Array(1);
    let working: { readonly held: Summands | undefined } | undefined = { held };
    const test = () => {
      if (!working) return true;
      this.call('MPI_Test', slot, flag, ignoreStatus);
      if (flag[0] === 0) return false;
      working = undefined;
      return true;
    };
    return {
      test,
      wait: () => {
        if (working) this.call('MPI_Wait', slot, ignoreStatus);
        working = undefined;
      },
      done: () => patiently(test),
    };
  }

  private ask(name: keyof MpiFunctions, communicator: Handle): number {
    const value = new Int32Array(1);
    this.call(name, communicator, value);
    return value[0];
  }

  /** Calls a function that sets a handle. */
  private out(call: (slot: BigInt64Array | Int32Array) => void): [Handle, typeof slot] {
    const slot = this.mpi.handles.type === 'int' ? new Int32Array(1) : new BigInt64Array(1);
    call(slot);
    return [slot[0], slot];
  }

  private call(name: keyof MpiFunctions, ...values: readonly MpiArgument[]): void {
    const code = this.mpi.functions[name](...values);
    if (code !== 0) {
      throw new MpiError(
        `${name}: failed with ${code} (${this.describe(code)}), because a process or the network is gone; look at what the other ranks say`,
      );
    }
  }

  private describe(code: number): string {
    const text = Buffer.alloc(MOST_ERROR_BYTES);
    const length = new Int32Array(1);
    this.mpi.functions.MPI_Error_string(code, text, length);
    return text.toString('latin1', 0, length[0]);
  }
}

/**
 * V8 has arrays of up to 64 bytes in its heap, where its garbage collector moves them; whoever asks for their buffer
 * gets them moved out for good. MPI goes on writing to the address that it was given.
 */
function takeOutOfHeap({ buffer, byteLength }: Summands): void {
  if (buffer.byteLength < byteLength) throw new RangeError('an array must lie in its buffer');
}

/** Looks again and again, ever more rarely: at a processor that others need, a rank that waits must not spin. */
async function patiently(test: () => boolean): Promise<void> {
  const start = performance.now();
  while (!test()) {
    const waited = performance.now() - start;
    await (waited < 1 ? breathe() : sleep(Math.min(LONGEST_SLEEP, waited / 10)));
  }
}
