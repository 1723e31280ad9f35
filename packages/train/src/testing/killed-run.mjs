// A training of its own process that kills itself (SIGKILL) at a moment of a test's choice.
// Usage: node killed-run.mjs FOLDER '{"operation": "writeFile", "file": "g_…", "when": "half"}'
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createViteServer } from 'vitest/node';

const [folder, moment] = process.argv.slice(2);
const { operation, file, when } = JSON.parse(moment);

/**
 * @param {string} name
 * @param {string} path
 * @param {string} at
 */
function dieAt(name, path, at) {
  if (name === operation && basename(path) === file && at === when) {
    process.kill(process.pid, 'SIGKILL');
  }
}

const { open, rename } = promises;
promises.open = async (path, flags, mode) => {
  const handle = await open(path, flags, mode);
  const write = handle.writeFile.bind(handle);
  handle.writeFile = async (bytes) => {
    const whole = Buffer.from(/** @type {Uint8Array} */ (bytes));
    if (operation === 'writeFile' && basename(String(path)) === file) {
      await write(whole.subarray(0, whole.length / 2));
      dieAt('writeFile', String(path), 'half');
    }
    await write(whole);
  };
  return handle;
};
promises.rename = async (from, to) => {
  dieAt('rename', String(to), 'before');
  await rename(from, to);
  dieAt('rename', String(to), 'after');
};
syncBuiltinESMExports();

const conditions = ['@hifigan/source'];
const server = await createViteServer({
  configFile: false,
  root: fileURLToPath(new URL('../..', import.meta.url)),
  logLevel: 'error',
  server: { middlewareMode: true, watch: null, ws: false },
  optimizeDeps: { noDiscovery: true },
  resolve: { conditions },
  ssr: { resolve: { conditions: [...conditions, 'node', 'import', 'module', 'default'] } },
});
const { train } = await server.ssrLoadModule('/src/testing/child-training.ts');
await train(folder);
await server.close();
