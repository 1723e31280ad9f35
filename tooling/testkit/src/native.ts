import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whether tests that need something native can run here, and why not. */
export interface Availability {
  readonly available: boolean;
  readonly reason?: string;
}

/**
 * For tests that need a native tool: `describe.skipIf(!requireNative('MPI', findMpi).available)`. Where
 * it is missing, the reason is printed, the tests are skipped, and the reason is noted in
 * `reports/missing/`, where the root's `npm test` finds it; with `CI=true` that is an error.
 *
 * @param what the tool, for the message
 * @param missing says why the tool cannot be used, or nothing where it can
 */
export function requireNative(what: string, missing: () => string | undefined): Availability {
  const reason = missing();
  if (reason === undefined) return { available: true };
  const message = `${what} is missing: ${reason}`;
  if (process.env.CI === 'true') throw new Error(`${message}; with CI=true it must be there`);
  console.warn(`skipped: ${message}`);
  note(what, reason);
  return { available: false, reason };
}

/** Beside the report of vitest, whose working directory is the package. */
function note(what: string, reason: string): void {
  const folder = join(process.cwd(), 'reports', 'missing');
  mkdirSync(folder, { recursive: true });
  const name = what.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  writeFileSync(join(folder, `${name}.json`), JSON.stringify({ what, reason }));
}
