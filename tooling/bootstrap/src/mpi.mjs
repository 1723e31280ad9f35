import { spawnSync } from 'node:child_process';
import { advice } from './advice.mjs';
import { Failure } from './failure.mjs';
import { run } from './process.mjs';

/** Debian's packages of each implementation, and its launcher. The testkit has more about them. */
const IMPLEMENTATIONS = [
  {
    packages: ['openmpi-bin', 'libopenmpi3'],
    launchers: ['mpirun.openmpi', 'mpirun'],
    version: /Open MPI/,
  },
  {
    packages: ['mpich', 'libmpich12'],
    launchers: ['mpirun.mpich', 'mpirun'],
    version: /HYDRA|MPICH/,
  },
];

/** The implementations of MPI that are here: what their launchers say of themselves. */
export function findMpi() {
  return IMPLEMENTATIONS.map(({ launchers, version }) =>
    launchers
      .map((launcher) => spawnSync(launcher, ['--version'], { encoding: 'utf8' }).stdout ?? '')
      .find((text) => version.test(text)),
  );
}

/**
 * Has Debian's Open MPI and MPICH installed, where one is missing and this user may.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export async function setUpMpi(env) {
  const found = findMpi();
  const missing = IMPLEMENTATIONS.filter((_, index) => found[index] === undefined);
  if (missing.length === 0) return;
  const names = missing.flatMap(({ packages }) => packages);
  const install = ['--yes', '--quiet', '--no-install-recommends', 'install', ...names];
  for (const args of [['--quiet', 'update'], install]) {
    const noQuestions = { ...env, DEBIAN_FRONTEND: 'noninteractive' };
    const { code, tail } = await run('apt-get', args, { env: noQuestions, quiet: true });
    if (code === 0) continue;
    throw new Failure(
      `MPI: Open MPI and MPICH must be there, because training on many processes is tested with both, and apt-get ${args.join(' ')} failed ` +
        `(exit code ${code}). ${advice(tail) || 'Install them.'}\n${tail}`,
    );
  }
}
