import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceFile } from './source-file.js';

/** The fields of a package.json that the checks read. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly sideEffects?: boolean;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** A package of the workspace. */
export interface Room {
  /** `packages`, `apps` or `tooling`. */
  readonly floor: string;
  /** The folder's own name. */
  readonly name: string;
  readonly manifest: Manifest;
  readonly files: readonly SourceFile[];
}

const FLOORS = ['packages', 'apps', 'tooling'];
const CODE = /\.(ts|tsx|mts|js|mjs)$/;
const TEST =
  /\.(test|bench)\.[a-z]+$|(^|\/)fixtures\/|(^|\/)testing\/|^scripts\/|(^|\/)(vitest|vite)\.config\.[a-z]+$/;
const NOT_OURS = new Set([
  ...['node_modules', 'dist', 'build', 'reports', '.turbo', 'out', 'fixtures'],
  'generated',
]);

/** Reads all packages below a repository's root. */
export function readRooms(root: string): Room[] {
  return FLOORS.filter((floor) => existsSync(join(root, floor))).flatMap((floor) =>
    readdirSync(join(root, floor))
      .filter((name) => existsSync(join(root, floor, name, 'package.json')))
      .map((name) => {
        const folder = join(root, floor, name);
        return {
          floor,
          name,
          manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest,
          files: codeBelow(folder, notBuilt(folder)),
        };
      }),
  );
}

/** Files and folders that a package names as left out of its build: they help its tests. */
function notBuilt(folder: string): readonly string[] {
  const path = join(folder, 'tsconfig.build.json');
  if (!existsSync(path)) return [];
  const { exclude = [] } = JSON.parse(readFileSync(path, 'utf8')) as { exclude?: string[] };
  return exclude.filter((pattern) => !pattern.includes('*'));
}

function codeBelow(folder: string, left: readonly string[], prefix = ''): SourceFile[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) => {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory())
      return NOT_OURS.has(entry.name) ? [] : codeBelow(folder, left, `${path}/`);
    if (!CODE.test(entry.name) || entry.name.endsWith('.d.ts')) return [];
    const text = readFileSync(join(folder, path), 'utf8');
    const isLeft = left.some((one) => path === one || path.startsWith(`${one}/`));
    return [{ path, text, isTest: isLeft || TEST.test(path) }];
  });
}
