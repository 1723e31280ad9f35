import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { advice } from './advice.mjs';
import { cacheFolder, JUDGES_MARKER } from './cache.mjs';
import { Failure } from './failure.mjs';
import { withLock } from './lock.mjs';
import { checkDisk } from './machine.mjs';
import { run } from './process.mjs';
import { ROOT } from './workspace.mjs';

/** The pinned numpy and scipy ask for this one. */
const PYTHON = { major: 3, minor: 11 };
const NEEDED_BYTES = 9e9;
const REQUIREMENTS = 'tooling/reference-python/requirements.txt';

/**
 * Makes the Python environment of the judges (PyTorch, librosa, STOI, …) in the cache. It is built
 * beside its place and moved there when it is complete; pip's own cache keeps what was downloaded, so
 * that a run that was cut off goes on.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {{root?: string, cache?: string}} [places]
 * @returns {Promise<string>} its interpreter
 */
export async function setUpJudges(env, { root = ROOT, cache = cacheFolder() } = {}) {
  const requirements = readFileSync(join(root, REQUIREMENTS), 'utf8');
  const wanted = createHash('sha256').update(requirements).digest('hex');
  const folder = join(cache, 'judges');
  mkdirSync(cache, { recursive: true });
  return withLock(join(cache, 'judges.lock'), async () => {
    if (isMadeFrom(folder, wanted)) return interpreter(folder);
    if (await fits(folder, requirements, env)) {
      writeFileSync(join(folder, JUDGES_MARKER), wanted);
      return interpreter(folder);
    }
    checkDisk(cache, NEEDED_BYTES, 'the judges take 6 GB there, and more while they are installed');
    const python = await findPython(env);
    const building = join(cache, 'judges.building');
    rmSync(building, { recursive: true, force: true });
    console.log(`Setting up the judges (PyTorch, librosa, …) in ${folder}: some gigabytes, once …`);
    await must(python, ['-m', 'venv', building], env, 'python3-venv must be installed');
    const pip = ['-m', 'pip', '--disable-pip-version-check', '--no-input', 'install', '--quiet'];
    await must(
      interpreter(building),
      [...pip, '-r', join(root, REQUIREMENTS)],
      env,
      'pesq is built from its sources: gcc and Python’s headers (python3-dev) must be installed',
    );
    writeFileSync(join(building, JUDGES_MARKER), wanted);
    rmSync(folder, { recursive: true, force: true });
    renameSync(building, folder);
    return interpreter(folder);
  });
}

/** @param {string} folder */
function interpreter(folder) {
  return process.platform === 'win32'
    ? join(folder, 'Scripts', 'python.exe')
    : join(folder, 'bin', 'python');
}

/** @param {string} folder @param {string} wanted */
function isMadeFrom(folder, wanted) {
  const marker = join(folder, JUDGES_MARKER);
  return (
    existsSync(interpreter(folder)) && existsSync(marker) && readFileSync(marker, 'utf8') === wanted
  );
}

/**
 * Whether an environment that was made by hand already holds what is pinned.
 *
 * @param {string} folder
 * @param {string} requirements
 * @param {NodeJS.ProcessEnv} env
 */
async function fits(folder, requirements, env) {
  if (!existsSync(interpreter(folder))) return false;
  const { code, stdout } = await run(
    interpreter(folder),
    ['-m', 'pip', '--disable-pip-version-check', 'list', '--format=json'],
    { env, quiet: true },
  );
  if (code !== 0) return false;
  /** @type {{name: string, version: string}[]} */
  const installed = JSON.parse(stdout);
  const versions = new Map(installed.map(({ name, version }) => [name.toLowerCase(), version]));
  return pins(requirements).every(
    ({ name, version }) => versions.get(name)?.replace(/\+.*/, '') === version,
  );
}

/**
 * @param {string} requirements the text of a requirements.txt with exact versions
 * @returns {{name: string, version: string}[]}
 */
export function pins(requirements) {
  return requirements.split('\n').flatMap((line) => {
    const pin = /^\s*([\w.-]+)==([\w.!+-]+)/.exec(line);
    return pin ? [{ name: pin[1].toLowerCase(), version: pin[2] }] : [];
  });
}

/** @param {NodeJS.ProcessEnv} env */
async function findPython(env) {
  const candidates = env.HIFIGAN_PYTHON ? [env.HIFIGAN_PYTHON] : ['python3', 'python'];
  const wanted = `${PYTHON.major}.${PYTHON.minor}`;
  const check = `import sys, venv, ensurepip; sys.exit(sys.version_info < (${PYTHON.major}, ${PYTHON.minor}))`;
  for (const candidate of candidates) {
    const { code } = await run(candidate, ['-c', check], { env, quiet: true });
    if (code === 0) return candidate;
  }
  throw new Failure(
    `python: ${candidates.join(' or ')} must be Python ${wanted} or later with its venv module, because the judges run on it. ` +
      'Debian: apt-get install python3 python3-venv python3-dev gcc g++ make. Another one: set HIFIGAN_PYTHON to its path.',
  );
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @param {string} hint
 */
async function must(command, args, env, hint) {
  const { code, tail } = await run(command, args, { env });
  if (code === 0) return;
  throw new Failure(
    `judges: ${command} ${args.join(' ')} failed (exit code ${code}). ${advice(tail) || `Perhaps ${hint}.`}`,
  );
}
