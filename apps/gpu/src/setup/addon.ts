import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { LIBRARIES, NATIVE_SOURCES, OWN_OPS, PROCESS } from '@hifigan/backend-tensorflow/node';
import { runCommand } from './run-command.js';
import { SetupError } from './setup-error.js';
import { stage } from './stage.js';
import type { TensorflowLibrary } from './tensorflow-library.js';

/** What building needs to know. */
export interface AddonOptions {
  readonly cache: string;
  readonly library: TensorflowLibrary;
  /** The folder of `node_api.h`. */
  readonly headers: string;
  readonly again: boolean;
  readonly signal: AbortSignal;
  readonly log: (message: string) => void;
}

/** A built addon. */
export interface Addon {
  /** Path of `tfjs_binding.node`. */
  readonly path: string;
  /** Version of the package whose sources it was built from. */
  readonly tfjs: string;
}

const PACKAGE = '@tensorflow/tfjs-node-gpu';
/** The version of Node's stable interface that the package builds for; any later Node loads it. */
const NODE_API_VERSION = 8;

/**
 * Builds the addon of @tensorflow/tfjs-node-gpu against a library, unless it was built against it
 * before. Its two source files need nothing but a C++ compiler; the package's own way, node-gyp, would
 * write into the package's folder, which a package manager may share between projects.
 */
export async function buildAddon(options: AddonOptions): Promise<Addon> {
  const { cache, library, headers, again, signal, log } = options;
  const require = createRequire(import.meta.url);
  const manifest = require.resolve(`${PACKAGE}/package.json`);
  const tfjs: string = require(manifest).version;
  const binding = join(dirname(manifest), 'binding');
  const sources = readdirSync(binding)
    .filter((name) => name.endsWith('.cc'))
    .map((name) => join(binding, name));
  const folder = join(
    cache,
    'addon',
    `${tfjs}-${keyOf([...Object.values(NATIVE_SOURCES).flat(), ...sources], library)}`,
  );
  const path = join(folder, 'tfjs_binding.node');

  const built = await stage(
    cache,
    folder,
    async (temporary) => {
      const compiler = await findCompiler(signal);
      log(`building the addon of ${PACKAGE} ${tfjs} with ${compiler}`);
      const build = (module: string, name: string, args: readonly string[]) =>
        runCommand(
          compiler,
          [
            ...['-std=c++17', '-O2', '-fPIC', '-shared', '-pthread', '-w', '-isystem', headers],
            ...[`-DNAPI_VERSION=${NODE_API_VERSION}`, `-DNODE_GYP_MODULE_NAME=${name}`],
            ...['-DBUILDING_NODE_EXTENSION', ...args, '-o', join(temporary, module)],
          ],
          { signal },
        );
      const linked = [
        ...['-isystem', join(library.folder, 'include')],
        ...LIBRARIES.map((file) => join(library.folder, file)),
        // The libraries are looked for where they lie: there their own search paths lead on to CUDA's.
        `-Wl,-rpath,${library.folder}`,
      ];
      await build('tfjs_binding.node', 'tfjs_binding', [...sources, ...linked]);
      await build(PROCESS, 'process', compiled(NATIVE_SOURCES[PROCESS]));
      const fast = ['-O3', '-fno-math-errno'];
      await build(OWN_OPS, 'kernels', [...fast, ...compiled(NATIVE_SOURCES[OWN_OPS]), ...linked]);
    },
    { again },
  );
  log(`${built ? 'built' : 'found'} the addon in ${folder}`);
  return { path, tfjs };
}

/** Headers are part of what includes them. */
function compiled(sources: readonly string[]): string[] {
  return sources.filter((source) => source.endsWith('.cc'));
}

/** Tells addons of other sources, libraries and machines apart. */
function keyOf(sources: readonly string[], library: TensorflowLibrary): string {
  const hash = createHash('sha256');
  for (const source of sources) hash.update(readFileSync(source));
  hash.update(JSON.stringify([library.folder, library.version, process.platform, process.arch]));
  return hash.digest('hex').slice(0, 12);
}

async function findCompiler(signal: AbortSignal): Promise<string> {
  const candidates = process.env.CXX ? [process.env.CXX] : ['c++', 'g++', 'clang++'];
  for (const candidate of candidates) {
    try {
      await runCommand(candidate, ['--version'], { signal });
      return candidate;
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
    }
  }
  throw new SetupError(
    `a C++ compiler (${candidates.join(', ')}) must be installed, because the addon is built on this ` +
      'machine; on Debian and Ubuntu: apt install g++',
  );
}
