// Lets Node run TypeScript sources as they are: `node --import source-loader.mjs program.ts`. Types are left out, not
// checked; a relative import of x.js that is not there means x.ts. What came of a source is kept in
// node_modules/.cache.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';

const HOOKS = '?hooks';
const CACHE = new URL('../node_modules/.cache/sources/', import.meta.url);

// This file is both: what each thread imports first, and the hooks, which run on a thread of their own.
if (!import.meta.url.endsWith(HOOKS)) register(import.meta.url + HOOKS);

/**
 * @param {string} specifier
 * @param {{ parentURL?: string }} context
 * @param {(specifier: string, context: object) => Promise<object>} next
 */
export async function resolve(specifier, context, next) {
  if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL) {
    const url = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    if (existsSync(url)) return next(url.href, context);
  }
  return next(specifier, context);
}

/**
 * @param {string} url
 * @param {object} context
 * @param {(url: string, context: object) => Promise<object>} next
 */
export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const source = readFileSync(fileURLToPath(url), 'utf8');
  const name = `${createHash('sha256').update(source).digest('hex')}.js`;
  const kept = new URL(name, CACHE);
  if (!existsSync(kept)) await keep(kept, source);
  return { format: 'module', source: readFileSync(kept, 'utf8'), shortCircuit: true };
}

/**
 * @param {URL} file
 * @param {string} source
 */
async function keep(file, source) {
  const { default: ts } = await import('typescript');
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2022,
      verbatimModuleSyntax: true,
    },
  });
  mkdirSync(CACHE, { recursive: true });
  // Others may make the same at the same time.
  const draft = new URL(`${file.href}.${process.pid}`);
  writeFileSync(draft, outputText);
  renameSync(draft, file);
}
