// A command line with backends that fail, for tests of processes: a file that is run, as those in bin/ are.
import { fileURLToPath } from 'node:url';
import type { Backend } from '../backends/backend.js';
import { main } from '../main.js';

const failing = (name: string, activate: () => Promise<void>): Backend => ({
  name,
  description: `fails by ${name}`,
  available: async () => ({ ok: true }),
  activate,
});

const backends: readonly Backend[] = [
  {
    ...failing('absent', async () => undefined),
    available: async () => ({ ok: false, reason: 'there is none; build one' }),
  },
  failing('refuses', async () => {
    throw new Error('refuses: has no device; plug one in');
  }),
  failing('aborts', async () => {
    process.stderr.write('FATAL ERROR: heap out of memory\n at nowhere\n');
    process.abort();
  }),
  failing('killed', async () => {
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => undefined);
  }),
  failing('hangs', async () => {
    process.stderr.write(`hangs as ${process.pid}\n`);
    await new Promise(() => undefined);
  }),
];

process.exitCode = await main(process.argv.slice(2), {
  backends,
  program: fileURLToPath(import.meta.url),
});
