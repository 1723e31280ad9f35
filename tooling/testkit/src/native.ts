/** Whether tests that need something native can run here, and why not. */
export interface Availability {
  readonly available: boolean;
  readonly reason?: string;
}

/**
 * For tests that need a native tool: `describe.skipIf(!requireNative('MPI', findMpi).available)`. Where
 * it is missing, the reason is printed and the tests are skipped; with `CI=true` that is an error.
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
  return { available: false, reason };
}
