import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** Where a module's package lies, up to its own name: the innermost `node_modules`. */
const PACKAGE = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/;

/**
 * Writes `licences.txt`: what the page holds of others, and each licence once, which would else stand at the head of each of
 * their files. To be among the plugins of the page and of its Workers, one and the same for all.
 */
export function licences(): Plugin {
  const folders = new Set<string>();
  return {
    name: 'licences',
    // A Worker is built by itself, while the page is.
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        for (const output of Object.values(bundle)) {
          for (const id of output.type === 'chunk' ? output.moduleIds : []) {
            const [folder] = PACKAGE.exec(id.replaceAll('\\', '/').replace(/^\0/, '')) ?? [];
            if (folder) folders.add(folder);
          }
        }
        if ('index.html' in bundle) {
          this.emitFile({ type: 'asset', fileName: 'licences.txt', source: textOf(folders) });
        }
      },
    },
  };
}

function textOf(folders: ReadonlySet<string>): string {
  const named = new Map<string, string[]>();
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    ) as Record<string, string>;
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? readFileSync(join(folder, file), 'utf8').trim() : '';
    named.set(text, [...(named.get(text) ?? []), `${name} ${version}: ${license}`]);
  }
  return [...named]
    .map(([text, packages]) => [...packages, ...(text ? ['', text] : [])].join('\n'))
    .join('\n\n----\n\n');
}
