import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Vitest's global setup: compiles the AssemblyScript that the tests of a package run on, its own and that of the workspace
 * packages it depends on, where it has changed since. Under turbo the task `generate` has done so already.
 *
 * @param {{ readonly config: { readonly root: string } }} project
 */
export default async function setUpGenerated({ config }) {
  for (const script of generateScripts(config.root)) await import(pathToFileURL(script).href);
}

/**
 * The scripts that generate sources, of a package and of all workspace packages below it.
 *
 * @param {string} folder of the package
 * @param {Set<string>} [seen] folders that were looked at
 * @returns {string[]} paths
 */
export function generateScripts(folder, seen = new Set()) {
  const manifest = join(folder, 'package.json');
  if (seen.has(folder) || !existsSync(manifest)) return [];
  seen.add(folder);
  const { dependencies, devDependencies } = JSON.parse(readFileSync(manifest, 'utf8'));
  const below = Object.entries({ ...dependencies, ...devDependencies })
    .filter(([, version]) => version.startsWith('workspace:'))
    .map(([name]) => join(folder, 'node_modules', name))
    .filter((path) => existsSync(path))
    .flatMap((path) => generateScripts(realpathSync(path), seen));
  const own = join(folder, 'scripts/generate.mjs');
  return existsSync(own) ? [...below, own] : below;
}
