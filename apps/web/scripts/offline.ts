import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';
import { POLICY } from './headers.js';

/** What `src/service-worker/service-worker.ts` has in place of these. */
const PRECACHE = '__PRECACHE__';
const SERVICE_WORKER = 'service-worker.js';

/**
 * Tells the service worker which files the build has, and gives the page its Content-Security-Policy, since plain
 * static hosts send none.
 */
export function offline(): Plugin {
  return {
    name: 'offline',
    apply: 'build',
    enforce: 'post',
    transformIndexHtml: {
      order: 'post',
      handler: () => [
        {
          tag: 'meta',
          attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY },
          injectTo: 'head-prepend',
        },
      ],
    },
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const worker = bundle[SERVICE_WORKER];
        if (worker?.type !== 'chunk')
          throw new Error(`offline: the build has no ${SERVICE_WORKER}`);
        if (worker.imports.length > 0) {
          throw new Error(
            `offline: ${SERVICE_WORKER} imports ${worker.imports.join(', ')} and must import nothing, because it is a classic script; share no module with the page`,
          );
        }
        const hash = createHash('sha256');
        const files = Object.entries(bundle)
          .filter(([name]) => name !== SERVICE_WORKER && !name.endsWith('.map'))
          .sort(([a], [b]) => (a < b ? -1 : 1));
        for (const [name, file] of files) {
          hash.update(name).update(file.type === 'chunk' ? file.code : file.source);
        }
        const list = {
          version: hash.digest('hex').slice(0, 16),
          files: files.map(([name]) => name),
          policy: POLICY,
        };
        const placed = worker.code.replace(PRECACHE, () => JSON.stringify(list));
        if (placed === worker.code)
          throw new Error(`offline: ${SERVICE_WORKER} has no ${PRECACHE}`);
        worker.code = placed;
      },
    },
  };
}
