import { setupCommand } from './setup/command.js';
import { tensorflowBackend } from './tensorflow-backend.js';

/** What is used of `@hifigan/cli`. */
interface Cli {
  main(
    argv: readonly string[],
    options: { backends: readonly (typeof tensorflowBackend)[] },
  ): Promise<number>;
}

/**
 * `hifigan-gpu`: the verbs of `hifigan` with the backend `tensorflow` first, and `setup`.
 *
 * @param argv what follows the program's name
 * @returns the exit code
 */
export async function main(argv: readonly string[]): Promise<number> {
  const [verb, ...rest] = argv;
  if (verb === 'setup') return setupCommand(rest);
  const cli = (await import('@hifigan/cli')) as unknown as Cli;
  return cli.main(argv, { backends: [tensorflowBackend] });
}
