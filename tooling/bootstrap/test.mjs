// npm test: set-up, then every check of the house; the last line counts them.
import { join } from 'node:path';
import { advice } from './src/advice.mjs';
import { nativeTools } from './src/cache.mjs';
import { setUpChromium } from './src/chromium.mjs';
import { Failure, runMain } from './src/failure.mjs';
import { install } from './src/install.mjs';
import { setUpJudges } from './src/judges.mjs';
import { setUpMpi } from './src/mpi.mjs';
import { run } from './src/process.mjs';
import { addTasks, clearReports, noResults, summary } from './src/results.mjs';
import { turbo } from './src/turbo.mjs';
import { ROOT, workspacePackages } from './src/workspace.mjs';

await runMain(async () => {
  const env = await install();
  const results = noResults();
  if (env.CI === 'true') await setUpNativeTools(env, results);

  console.log('\nLint …');
  const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
  const lint = await run(process.execPath, [biome, 'check', '.'], { cwd: ROOT, env });
  if (lint.code === 0) results.passed += 1;
  else results.failed.push('lint (npm run format repairs most of it)');

  console.log('\nBuild, types, import arrows, tests …');
  clearReports(workspacePackages().map(({ folder }) => folder));
  const checks = await turbo(['build', 'typecheck', 'test'], {
    ...env,
    HIFIGAN_NATIVE_TOOLS: nativeTools(),
  });
  // Nothing may be passed over in continuous integration.
  addTasks(results, checks.tasks, { strict: env.CI === 'true' });
  if (checks.code !== 0 && results.failed.length === 0) {
    results.failed.push(`turbo (exit code ${checks.code}) ${advice(checks.tail)}`);
  }

  console.log(`\n${summary(results)}`);
  return results.failed.length === 0 ? 0 : 1;
});

/**
 * What continuous integration has and a bare machine need not: the native backend, the judges, a browser and MPI.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {import('./src/results.mjs').Results} results changed
 */
async function setUpNativeTools(env, results) {
  const build = await turbo(['build'], env, { quiet: true });
  if (build.code !== 0) throw new Failure(`the build failed. ${advice(build.tail)}`);
  console.log('\nThe native backend …');
  const gpu = join(ROOT, 'apps/gpu/bin/hifigan-gpu.js');
  const setup = await run(process.execPath, [gpu, 'setup', '--cpu'], { cwd: ROOT, env });
  if (setup.code === 0) results.passed += 1;
  else results.failed.push(`setup of the native backend. ${advice(setup.tail)}`);
  for (const [what, setUp] of /** @type {const} */ ([
    ['the judges', setUpJudges],
    ['the browser', setUpChromium],
    ['MPI', setUpMpi],
  ])) {
    console.log(`\n${what[0].toUpperCase()}${what.slice(1)} …`);
    try {
      await setUp(env);
      results.passed += 1;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      results.failed.push(`setup of ${what}: ${error.message}`);
    }
  }
}
