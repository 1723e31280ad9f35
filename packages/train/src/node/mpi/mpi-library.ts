import type { LibraryHandle } from 'koffi';
import {
  flavourOf,
  type Handle,
  type Handles,
  MOST_VERSION_BYTES,
  MPICH_HANDLES,
  openMpiHandles,
} from './handles.js';
import type { Launcher, MpiFlavour } from './launcher.js';

/** Typed arrays where C has pointers. */
export type MpiArgument = Handle | ArrayBufferView | null;

/** Returns an error code, 0 where all is well. */
export type MpiFunction = (...values: readonly MpiArgument[]) => number;

/** Those that a training calls. */
export type MpiFunctions = Readonly<Record<keyof typeof SIGNATURES, MpiFunction>>;

/** An MPI library of this machine. */
export interface MpiLibrary {
  /** `Open MPI v4.1.4` */
  readonly name: string;
  readonly flavour: MpiFlavour;
  readonly handles: Handles;
  readonly functions: MpiFunctions;
}

/** Says what is wrong with MPI on this machine, or with how it was called, and what to do. */
export class MpiError extends Error {
  override readonly name = 'MpiError';
}

/** What names a library that is none of those below. */
export const LIBRARY_VARIABLE = 'HIFIGAN_MPI_LIBRARY';

/** `H` is a handle. */
const SIGNATURES = {
  MPI_Init_thread: ['void *', 'void *', 'int', 'void *'],
  MPI_Finalize: [],
  MPI_Abort: ['H', 'int'],
  MPI_Comm_rank: ['H', 'void *'],
  MPI_Comm_size: ['H', 'void *'],
  MPI_Comm_set_errhandler: ['H', 'H'],
  MPI_Comm_split_type: ['H', 'int', 'int', 'H', 'void *'],
  MPI_Error_string: ['int', 'void *', 'void *'],
  MPI_Allreduce: ['void *', 'void *', 'int', 'H', 'H', 'H'],
  MPI_Iallreduce: ['void *', 'void *', 'int', 'H', 'H', 'H', 'void *'],
  MPI_Bcast: ['void *', 'int', 'H', 'int', 'H'],
  MPI_Allgather: ['void *', 'int', 'H', 'void *', 'int', 'H', 'H'],
  MPI_Allgatherv: ['void *', 'int', 'H', 'void *', 'void *', 'void *', 'H', 'H'],
  MPI_Ibarrier: ['H', 'void *'],
  MPI_Test: ['void *', 'void *', 'void *'],
  MPI_Wait: ['void *', 'void *'],
} as const;

/** Where system linkers have them, by the names that their binary interfaces go by. */
const NAMES: Readonly<Record<MpiFlavour, readonly string[]>> = {
  'open-mpi': ['libmpi.so.40', 'libmpi.40.dylib', 'libmpi.so', 'libmpi.dylib'],
  mpich: ['libmpich.so.12', 'libmpi.so.12', 'libmpi.12.dylib', 'libmpi.so', 'libmpi.dylib'],
};

const PEOPLE: Readonly<Record<MpiFlavour, string>> = { 'open-mpi': 'Open MPI', mpich: 'MPICH' };

const DEBIAN = 'on Debian: apt-get install openmpi-bin libopenmpi3, or mpich libmpich12';

/**
 * Loads the library of the launcher's implementation, or the one that `HIFIGAN_MPI_LIBRARY` names.
 *
 * @throws MpiError where koffi or the library is missing, or its implementation is none that is known
 */
export async function loadMpi(
  launcher: Launcher,
  env: Readonly<Record<string, string | undefined>>,
): Promise<MpiLibrary> {
  const { default: koffi } = await import('koffi').catch((cause: unknown) => {
    throw new MpiError(
      `${launcher.name}: started several processes, which speak through the package koffi, and it cannot be loaded ` +
        `(${firstLine(cause)}); install it beside this program: npm install koffi`,
      { cause },
    );
  });
  const own = env[LIBRARY_VARIABLE];
  const flavours: readonly MpiFlavour[] = launcher.flavour
    ? [launcher.flavour]
    : ['open-mpi', 'mpich'];
  const names = own ? [own] : [...new Set(flavours.flatMap((flavour) => NAMES[flavour]))];
  const misses: string[] = [];
  for (const name of names) {
    let library: LibraryHandle;
    try {
      // Open MPI's plug-ins look for its symbols among all that are loaded.
      library = koffi.load(name, { global: true });
    } catch (error) {
      misses.push(firstLine(error));
      continue;
    }
    const version = versionOf(library, name);
    const flavour = flavourOf(version);
    if (flavour && (own || flavours.includes(flavour))) return bound(library, version, flavour);
    misses.push(`${name} is ${version}`);
    if (own) break;
  }
  throw new MpiError(
    own
      ? `${LIBRARY_VARIABLE}=${own}: must be a library of Open MPI or MPICH, but ${misses.join('; ')}`
      : `${launcher.name}: started several processes, but no library of ${flavours.map((one) => PEOPLE[one]).join(' or ')} ` +
          `was found (${misses.join('; ')}); install it (${DEBIAN}), or name it: ${LIBRARY_VARIABLE}=/path/to/libmpi.so`,
  );
}

/** What a library says of itself; may be asked before MPI_Init. */
function versionOf(library: LibraryHandle, name: string): string {
  try {
    const ask = library.func('MPI_Get_library_version', 'int', ['void *', 'void *']);
    const text = Buffer.alloc(MOST_VERSION_BYTES);
    const length = new Int32Array(1);
    ask(text, length);
    const [line] = text.toString('latin1', 0, length[0]).replace(/\0.*$/s, '').split(/[\n,]/);
    return line.replace(/\s+/g, ' ').replace(' Version:', '').trim();
  } catch (cause) {
    throw new MpiError(
      `${name}: must be a library of MPI 3 or later, but has no MPI_Get_library_version`,
      { cause },
    );
  }
}

function bound(library: LibraryHandle, name: string, flavour: MpiFlavour): MpiLibrary {
  const handles =
    flavour === 'mpich'
      ? MPICH_HANDLES
      : openMpiHandles((symbol) => library.symbol(symbol) as bigint);
  const functions = Object.fromEntries(
    Object.entries(SIGNATURES).map(([called, types]): [string, MpiFunction] => [
      called,
      library.func(
        called,
        'int',
        types.map((type) => (type === 'H' ? handles.type : type)),
      ),
    ]),
  ) as Record<keyof typeof SIGNATURES, MpiFunction>;
  return { name, flavour, handles, functions };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0].trim();
}
