import { spawn, spawnSync } from 'node:child_process';
import { type Availability, requireNative } from './native.js';
import { sourceArguments } from './run-sources.js';

/** An implementation of MPI that tests run on. */
export interface MpiImplementation {
  readonly name: 'Open MPI' | 'MPICH';
  /** Of Debian. */
  readonly packages: string;
  /** Names of its launcher; the last may also be that of another. */
  readonly launchers: readonly string[];
  /** What its launcher says of itself. */
  readonly version: RegExp;
  /** So that two ranks run anywhere: as root, and on one processor. */
  readonly options: readonly string[];
}

export const MPI_IMPLEMENTATIONS: readonly MpiImplementation[] = [
  {
    name: 'Open MPI',
    packages: 'openmpi-bin libopenmpi3',
    launchers: ['mpirun.openmpi', 'mpirun'],
    version: /Open MPI/,
    options: ['--allow-run-as-root', '--oversubscribe', '--bind-to', 'none'],
  },
  {
    name: 'MPICH',
    packages: 'mpich libmpich12',
    launchers: ['mpirun.mpich', 'mpirun'],
    version: /HYDRA|MPICH/,
    options: [],
  },
];

/** The launcher of an implementation on this machine. */
export function findMpi({ launchers, version }: MpiImplementation): string | undefined {
  return launchers.find((launcher) => {
    const { stdout, error } = spawnSync(launcher, ['--version'], { encoding: 'utf8' });
    return !error && version.test(stdout);
  });
}

/** Whether an implementation of MPI can be tested; `CI=true npm test` sets both up where it can. */
export function requireMpi(implementation: MpiImplementation): Availability {
  const { name, launchers, packages } = implementation;
  return requireNative(name, () =>
    findMpi(implementation)
      ? undefined
      : `none of ${launchers.join(', ')} on the path is its launcher; on Debian: apt-get install ${packages}`,
  );
}

/** A program of ours under a launcher, from its sources. */
export interface RanksRun {
  readonly implementation: MpiImplementation;
  readonly ranks: number;
  /** The program and its arguments. */
  readonly program: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Looks at what was written so far, whenever something was, and may signal the launcher. */
  readonly onOutput?: (output: string, launcher: { readonly pid: number }) => void;
}

/** What it left; the code is the launcher's. */
export interface RanksResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of ours as several ranks. */
export function runRanks(run: RanksRun): Promise<RanksResult> {
  const { implementation, ranks, program, env, cwd, onOutput } = run;
  const launcher = findMpi(implementation) ?? '';
  const command = [process.execPath, ...sourceArguments(), ...program];
  const child = spawn(launcher, [...implementation.options, '-np', String(ranks), ...command], {
    env: { ...process.env, ...env },
    ...(cwd !== undefined && { cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  const heard = () => onOutput?.(stdout + stderr, { pid: child.pid ?? 0 });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    heard();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    heard();
  });
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code) => done({ code, stdout, stderr }));
  });
}
