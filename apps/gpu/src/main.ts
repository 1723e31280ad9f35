import { fileURLToPath } from 'node:url';
import { main as commandLine } from '@hifigan/cli';
import { setupCommand } from './setup/command.js';
import { tensorflowBackend } from './tensorflow-backend.js';

/**
 * `hifigan-gpu`: the verbs of `hifigan` with the backend `tensorflow` first, and `setup`.
 *
 * @param argv what follows the program's name
 * @returns the exit code
 */
export async function main(argv: readonly string[]): Promise<number> {
  return commandLine(argv, {
    name: 'hifigan-gpu',
    program: fileURLToPath(new URL('../bin/hifigan-gpu.js', import.meta.url)),
    backends: [tensorflowBackend],
    verbs: [
      {
        name: 'setup',
        description: 'build what the backend tensorflow needs, once (setup --help)',
        run: setupCommand,
      },
    ],
  });
}
