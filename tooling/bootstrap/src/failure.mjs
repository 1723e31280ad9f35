/** A failure whose message says what to do: printed without a stack. */
export class Failure extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = 'Failure';
  }
}

/**
 * Runs a command's main function; a {@link Failure} becomes a message and exit code 1.
 *
 * @param {() => Promise<number>} main returns the exit code
 */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    process.exitCode = 1;
    console.error(`\n${error instanceof Failure ? error.message : String(error)}`);
    if (!(error instanceof Failure) && error instanceof Error) console.error(error.stack);
  }
}
