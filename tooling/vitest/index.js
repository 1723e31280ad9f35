import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Workspace packages resolve to their sources: tests need no build.
const conditions = ['@hifigan/source'];

/**
 * The vitest preset of every package. Writes `reports/vitest.json`, which the root's `npm test` sums up.
 *
 * @param {import('vitest/config').TestUserConfig} [test] what a package changes
 */
export function preset(test = {}) {
  return defineConfig({
    resolve: { conditions },
    ssr: { resolve: { conditions: [...conditions, 'node', 'import', 'module', 'default'] } },
    test: {
      include: ['src/**/*.test.ts'],
      environment: 'node',
      globalSetup: [fileURLToPath(new URL('set-up-generated.js', import.meta.url))],
      // Two cores: one file at a time in a package; turbo runs packages side by side.
      fileParallelism: false,
      // Against hangs alone: a busy or small machine is no failure.
      testTimeout: 600_000,
      hookTimeout: 600_000,
      reporters: ['default', ['json', { outputFile: 'reports/vitest.json' }]],
      ...test,
    },
  });
}

/**
 * For `execArgv`: threads that code under test starts inherit it, and so run sources, too. (They do not go through
 * vitest.)
 */
export const threadsFromSources = [
  ...conditions.map((condition) => `--conditions=${condition}`),
  '--import',
  new URL('../testkit/src/source-loader.mjs', import.meta.url).href,
];
