import { existsSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LIBRARIES } from '@hifigan/backend-tensorflow/node';
import { runCommand } from './run-command.js';
import { SetupError } from './setup-error.js';
import { stage } from './stage.js';

/** A native TensorFlow that an addon can be built against. */
export interface TensorflowLibrary {
  /** The folder `tensorflow` of an installed wheel: the libraries, and the headers in `include`. */
  readonly folder: string;
  readonly version: string;
  readonly kind: 'cpu' | 'cuda' | 'own';
}

/** The release that is fetched, and that the kernels are tested with. */
export const TENSORFLOW_VERSION = '2.21.0';

/** Older libraries refuse grouped or dilated gradients, or lack part of what is linked. */
const OLDEST_VERSION = [2, 16] as const;

const HEADER = 'include/tensorflow/c/eager/c_api.h';

const GIBIBYTE = 2 ** 30;
/** Room for the wheels, and for them unpacked, in bytes. */
const ROOM = { cpu: 2.5 * GIBIBYTE, cuda: 12 * GIBIBYTE } as const;

/**
 * The library in a folder that the user named: an installed wheel's `tensorflow`, or the folder that
 * holds it (`site-packages`, the target of a pip install).
 *
 * @throws SetupError where there is none, or it is too old
 */
export function libraryAt(path: string): TensorflowLibrary {
  const folder = [resolve(path), resolve(path, 'tensorflow')].find((candidate) =>
    [...LIBRARIES, HEADER].every((file) => existsSync(join(candidate, file))),
  );
  if (!folder) {
    throw new SetupError(
      `--tensorflow ${path} must be the folder "tensorflow" of an installed wheel, because ` +
        `${LIBRARIES.join(', ')} and ${HEADER} are needed from it`,
    );
  }
  const version = versionOf(folder);
  if (!isRecent(version)) {
    throw new SetupError(
      `--tensorflow ${path}: version=${version} must be ${OLDEST_VERSION.join('.')} or later, because ` +
        `older ones lack kernels; leave the option out to fetch ${TENSORFLOW_VERSION}`,
    );
  }
  return { folder, version, kind: 'own' };
}

/** The library of the Python on the path, where it has one that is recent enough. */
export async function libraryOfPython(signal: AbortSignal): Promise<TensorflowLibrary | undefined> {
  const script =
    'import importlib.util as u; s = u.find_spec("tensorflow"); ' +
    'print(s.submodule_search_locations[0] if s and s.submodule_search_locations else "")';
  try {
    const folder = (await runCommand('python3', ['-c', script], { signal })).trim();
    return folder ? libraryAt(folder) : undefined;
  } catch (error) {
    if (error instanceof SetupError) return undefined;
    throw error;
  }
}

/** What fetching needs to know. */
export interface FetchOptions {
  readonly cache: string;
  readonly kind: 'cpu' | 'cuda';
  readonly again: boolean;
  readonly signal: AbortSignal;
  readonly log: (message: string) => void;
}

/** Fetches the library from PyPI into the cache, unless it is there. */
export async function fetchLibrary(options: FetchOptions): Promise<TensorflowLibrary> {
  const { cache, kind, again, signal, log } = options;
  const target = join(cache, 'tensorflow', `${TENSORFLOW_VERSION}-${kind}-${process.arch}`);
  const fetched = await stage(
    cache,
    target,
    async (temporary) => {
      checkRoom(cache, ROOM[kind]);
      const requirement = `${wheelName(kind)}==${TENSORFLOW_VERSION}`;
      log(`fetching ${requirement} from the Python package index`);
      await pipInstall(temporary, [requirement], signal);
      if (kind === 'cuda') {
        const requirements = cudaRequirements(temporary);
        log(`fetching ${requirements.length} CUDA libraries`);
        await pipInstall(temporary, requirements, signal);
      }
      prune(join(temporary, 'tensorflow'));
    },
    { again },
  );
  log(`${fetched ? 'fetched' : 'found'} TensorFlow ${TENSORFLOW_VERSION} (${kind}) in ${target}`);
  return { folder: join(target, 'tensorflow'), version: TENSORFLOW_VERSION, kind };
}

/** Whether an NVIDIA driver is loaded on this machine. */
export function seesNvidiaGpu(): boolean {
  return existsSync('/proc/driver/nvidia/version') || existsSync('/dev/nvidia0');
}

/** Only libraries and headers are used, so the wheel may be for another Python than the one at hand. */
async function pipInstall(
  target: string,
  requirements: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const platforms = ['manylinux_2_27', 'manylinux_2_28', 'manylinux2014', 'manylinux_2_17'];
  await runCommand(
    'python3',
    [
      ...['-m', 'pip', '--disable-pip-version-check', 'install', '--quiet', '--no-deps'],
      ...['--only-binary=:all:', '--implementation', 'cp', '--python-version', '3.11'],
      ...platforms.flatMap((platform) => ['--platform', `${platform}_${machine}`]),
      ...['--no-compile', '--target', target, ...requirements],
    ],
    { signal },
  );
}

/** Of the wheel only headers and libraries are used: its Python goes, 0.13 GiB. */
function prune(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name === 'include' || /^lib.*\.so(\.\d+)*$/.test(name)) continue;
    rmSync(join(folder, name), { recursive: true });
  }
}

function wheelName(kind: 'cpu' | 'cuda'): string {
  return kind === 'cpu' && process.arch === 'x64' ? 'tensorflow-cpu' : 'tensorflow';
}

/** `Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5 ; extra == "and-cuda"` in the wheel's own metadata. */
export function cudaRequirements(sitePackages: string): string[] {
  const info = readdirSync(sitePackages).find((name) => /^tensorflow-.*\.dist-info$/.test(name));
  const metadata = info ? readFileSync(join(sitePackages, info, 'METADATA'), 'utf8') : '';
  const requirements = [...metadata.matchAll(/^Requires-Dist: ([^;\n]+);[^\n]*and-cuda/gm)];
  return requirements.map(([, requirement]) => requirement.replace(/[\s()]/g, ''));
}

function versionOf(folder: string): string {
  const pattern = /^(?:tensorflow|tensorflow_cpu|tf_nightly)-([^-]+)\.dist-info$/;
  for (const name of readdirSync(dirname(folder))) {
    const found = pattern.exec(name);
    if (found) return found[1];
  }
  throw new SetupError(
    `${folder}: the folder beside it, tensorflow-….dist-info, must be there, because it tells the version`,
  );
}

function isRecent(version: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_VERSION;
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/** @throws SetupError where a disk has less than that free */
export function checkRoom(folder: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= bytes) return;
  const inGibibytes = (value: number) => `${(value / GIBIBYTE).toFixed(1)} GiB`;
  throw new SetupError(
    `${folder} has ${inGibibytes(bavail * bsize)} free and needs ${inGibibytes(bytes)}; free some, or ` +
      'name a folder on another disk: HIFIGAN_CACHE=…',
  );
}
