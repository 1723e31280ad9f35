import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const IN_ROOT = '$TURBO_ROOT$/';

/**
 * A hash of what a package's generated files are made from: what turbo.json lists as the inputs of the task `generate`,
 * and the compiler's version.
 *
 * @param {string} folder of the package
 */
export function inputsHash(folder) {
  const { tasks } = JSON.parse(readFileSync(join(ROOT, 'turbo.json'), 'utf8'));
  const hash = createHash('sha256');
  for (const input of tasks.generate.inputs) {
    const base = input.startsWith(IN_ROOT) ? ROOT : folder;
    for (const file of filesOf(join(base, input.replace(IN_ROOT, '')))) {
      const content = readFileSync(file);
      hash.update(`${relative(base, file)} ${content.length}\n`).update(content);
    }
  }
  return hash.update(compilerVersion()).digest('hex');
}

/** The files that an input stands for: itself if it exists, or all below `folder/**`. @param {string} input */
function filesOf(input) {
  const folder = input.replace(/[\\/]\*\*$/, '');
  if (folder.includes('*'))
    throw new Error(`turbo.json: generate's input ${input} is not understood`);
  if (!existsSync(folder)) return [];
  if (folder === input) return [input];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function compilerVersion() {
  const manifest = new URL('../node_modules/assemblyscript/package.json', import.meta.url);
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}
