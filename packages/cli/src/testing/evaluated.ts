import { expect } from 'vitest';
import { runMain } from './run-main.js';

/** No resampling, where the test is not about that. */
export const AS_IS = ['-c', 'v1-16k'];

/** Runs `eval --json`, which must end well. */
export async function evaluated(cwd: string, ...argv: string[]) {
  const { code, stdout, stderr } = await runMain(['eval', ...argv, '--json'], { cwd });
  expect(code, stderr).toBe(0);
  return { ...JSON.parse(stdout), stderr };
}
