import { fileURLToPath } from 'node:url';
import { defaultClientConditions, defineConfig } from 'vite';
import { ISOLATION, POLICY } from './scripts/headers.js';
import { licences } from './scripts/licences.js';
import { offline } from './scripts/offline.js';
import { shortShaders } from './scripts/short-shaders.js';
import { studioAssets } from './scripts/studio-assets.js';

// Workspace packages resolve to their sources: neither the page nor its tests wait for other builds.
const conditions = ['@hifigan/source', ...defaultClientConditions];

const GRADIENTS = fileURLToPath(new URL('src/worker/tfjs-with-gradients.ts', import.meta.url));

const theirs = licences();
// They stand in a file of their own.
const output = { comments: { legal: false } } as const;

export default defineConfig({
  // Any folder of any host.
  base: './',
  resolve: {
    conditions,
    alias: [{ find: /^@tensorflow\/tfjs$/, replacement: GRADIENTS }],
  },
  plugins: [studioAssets(), theirs, offline()],
  worker: { format: 'es', plugins: () => [theirs, shortShaders()], rollupOptions: { output } },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    // A policy that is strict allows no pictures in addresses of fonts and the like.
    assetsInlineLimit: 0,
    rollupOptions: {
      input: { index: 'index.html', 'service-worker': 'src/service-worker/service-worker.ts' },
      output: {
        ...output,
        entryFileNames: ({ name }) =>
          name === 'service-worker' ? '[name].js' : 'assets/[name]-[hash].js',
      },
    },
  },
  optimizeDeps: {
    entries: ['index.html', 'src/worker/worker.ts', 'src/worker/measuring-worker.ts'],
  },
  server: { headers: ISOLATION },
  preview: { headers: { ...ISOLATION, 'Content-Security-Policy': POLICY } },
});
