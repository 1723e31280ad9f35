import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { must, type PublicPackage, ROOT, readManifest } from './workspace.js';

/** Packs packages as they are published. */
export async function pack(
  packages: readonly PublicPackage[],
  into: string,
): Promise<Map<string, string>> {
  mkdirSync(into, { recursive: true });
  const tarballs = new Map<string, string>();
  for (const { folder, manifest } of packages) {
    await must('pnpm', ['pack', '--pack-destination', into], join(ROOT, folder));
    const stem = manifest.name.replace('@', '').replace('/', '-');
    tarballs.set(manifest.name, join(into, `${stem}-${manifest.version}.tgz`));
  }
  return tarballs;
}

/** An empty project whose dependencies are pinned, installed by npm with scripts off. */
export async function createProject(
  folder: string,
  dependencies: Readonly<Record<string, string>>,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const manifest = {
    name: 'stranger',
    version: '1.0.0',
    private: true,
    type: 'module',
    dependencies,
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  await must(
    'npm',
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'],
    folder,
  );
}

/** The packages in a project's node_modules, those below other packages with their whole path. */
export function installed(folder: string, prefix = ''): string[] {
  return readdirSync(join(folder, 'node_modules'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap(({ name }) =>
      name.startsWith('@')
        ? readdirSync(join(folder, 'node_modules', name)).map((one) => `${name}/${one}`)
        : [name],
    )
    .flatMap((name) => {
      const inner = join(folder, 'node_modules', name);
      const nested = readdirSync(inner).includes('node_modules')
        ? installed(inner, `${prefix}${name} > `)
        : [];
      return [`${prefix}${name}`, ...nested];
    });
}

/** The exact version of a library in the workspace. */
export function pinned(library: string, from: string): string {
  return readManifest(join(ROOT, from, 'node_modules', library)).version;
}

/** The packages that the built files of an installed package import. */
export function shippedImports(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^(dist|bin)\/.*\.(js|d\.ts)$/.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  const specifiers = files
    .flatMap((text) => ts.preProcessFile(text, true, true).importedFiles)
    .map(({ fileName }) => fileName)
    .filter((specifier) => !/^(\.|node:)/.test(specifier));
  return [...new Set(specifiers.map((one) => /^(@[^/]+\/)?[^/]+/.exec(one)![0]))].sort();
}
