import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(fileURLToPath(import.meta.url), '../../../..');

/** A package.json, as far as the tests need it. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly bin?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export interface PublicPackage {
  /** Relative to the root. */
  readonly folder: string;
  readonly manifest: Manifest;
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** What is published: all of packages/ and apps/ that is not private. */
export function publicPackages(root = ROOT): PublicPackage[] {
  return ['packages', 'apps'].flatMap((floor) =>
    readdirSync(join(root, floor))
      .map((name) => `${floor}/${name}`)
      .filter((folder) => existsSync(join(root, folder, 'package.json')))
      .map((folder) => ({ folder, manifest: readManifest(join(root, folder)) }))
      .filter(({ manifest }) => !manifest.private),
  );
}

/** The entry points of a package that hold code: `@hifigan/train`, `@hifigan/train/node`. */
export function entryPoints({ name, exports = {} }: Manifest): string[] {
  return Object.keys(exports)
    .filter((key) => !key.includes('*') && !/\.[a-z]+$/.test(key))
    .map((key) => `${name}${key.slice(1)}`);
}

export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly output: string;
}

/** Runs a command outside the workspace's environment: pnpm's settings must not reach npm. */
export function run(command: string, args: readonly string[], cwd: string): Promise<Run> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(pnpm_|npm_(package|lifecycle)_|NODE_ENV|VITEST|NODE_OPTIONS)/i.test(name),
    ),
  );
  return new Promise((done) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let output = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (error) => done({ code: 127, stdout, output: `${output}${error.message}` }));
    child.on('close', (code) => done({ code: code ?? 1, stdout, output }));
  });
}

/** Like {@link run}; what fails throws with its output. */
export async function must(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, output } = await run(command, args, cwd);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} in ${cwd} failed:\n${output}`);
  return stdout;
}
