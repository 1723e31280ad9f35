import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { advice } from './advice.mjs';
import { Failure } from './failure.mjs';
import { checkDisk, checkNode } from './machine.mjs';
import { run } from './process.mjs';
import { ROOT, readJson, workspacePackages } from './workspace.mjs';

/** What the last install came from; inside node_modules, so that it goes away with it. */
const RECORD = join('node_modules', '.hifigan-bootstrap.json');
const NEEDED_BYTES = 1.5e9;

/**
 * Installs the locked dependencies with the pinned pnpm, which npx fetches; scripts stay off. Does
 * nothing where that is already done.
 *
 * @param {string} [root]
 * @returns {Promise<NodeJS.ProcessEnv>} the environment for what follows: the pinned pnpm is on its path
 */
export async function install(root = ROOT) {
  const manifest = readJson(join(root, 'package.json'));
  checkNode(process.version, manifest.engines.node);
  const fingerprint = installFingerprint(root);
  const record = readRecord(root);
  if (record?.fingerprint === fingerprint && existsSync(record.pnpm) && isInstalled(root)) {
    return withPnpm(record.pnpm);
  }
  checkDisk(root, NEEDED_BYTES, 'the installed libraries take about 1 GB');
  const pnpm = await fetchPnpm(manifest.packageManager, root);
  console.log(`Installing the locked dependencies with ${manifest.packageManager} …`);
  const env = { ...withPnpm(pnpm), CI: 'true' };
  const { code, tail } = await run(
    process.execPath,
    [pnpm, 'install', '--frozen-lockfile', '--ignore-scripts'],
    { cwd: root, env },
  );
  if (code !== 0) throw new Failure(`pnpm install failed (exit code ${code}). ${advice(tail)}`);
  writeFileSync(join(root, RECORD), JSON.stringify({ fingerprint, pnpm }));
  return withPnpm(pnpm);
}

/**
 * A hash of all that decides what an install yields.
 *
 * @param {string} root
 */
export function installFingerprint(root) {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  const files = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'].concat(
    workspacePackages(root).map(({ folder }) => `${folder}/package.json`),
  );
  for (const file of files) {
    hash.update(`\0${file}\0`);
    if (existsSync(join(root, file))) hash.update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

/** @param {string} root @returns {{fingerprint: string, pnpm: string} | undefined} */
function readRecord(root) {
  try {
    return readJson(join(root, RECORD));
  } catch {
    return undefined; // Not there, or torn: install again.
  }
}

/** @param {string} root */
function isInstalled(root) {
  return workspacePackages(root).every(({ folder, manifest }) => {
    const wants = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
    return wants.every((name) => existsSync(join(root, folder, 'node_modules', name)));
  });
}

/**
 * @param {string} specifier such as `pnpm@10.34.8`
 * @param {string} root
 * @returns {Promise<string>} pnpm's entry file, in npx's cache
 */
async function fetchPnpm(specifier, root) {
  const [command, ...args] = npm();
  const { code, stdout, tail } = await run(
    command,
    [...args, 'exec', '--yes', `--package=${specifier}`, '--', 'node', '-p', 'process.env.PATH'],
    { cwd: root, quiet: true },
  );
  const entry = stdout
    .trim()
    .split(delimiter)
    .map((bin) => join(dirname(bin), 'pnpm', 'bin', 'pnpm.cjs'))
    .find((file) => existsSync(file));
  if (code === 0 && entry) return entry;
  throw new Failure(`${tail}\nnpx could not fetch ${specifier}. ${advice(tail)}`);
}

/** How to call npm: the one that runs this script, else the one on the path. */
function npm() {
  const running = process.env.npm_execpath;
  if (running && /^npm(-cli)?\./.test(basename(running))) return [process.execPath, running];
  const beside = join(dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js');
  return existsSync(beside) ? [process.execPath, beside] : ['npm'];
}

/**
 * turbo runs each task with the package manager that it finds on the path.
 *
 * @param {string} pnpm its entry file
 * @returns {NodeJS.ProcessEnv}
 */
function withPnpm(pnpm) {
  const bin = join(dirname(pnpm), '../../.bin');
  return { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };
}
