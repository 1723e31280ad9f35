import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { NO_ADAPTER } from '../adapter.js';
import { type DawnOptions, findDawn, missingWebGpu } from './dawn.js';

/**
 * Exits with {@link NONE} where there is no adapter. It ends by itself too, from a thread of its own, since a driver may
 * hold up this one: who asked may be gone by then.
 */
const SCRIPT = `
  const { Worker } = await import('node:worker_threads');
  const [file, patience] = process.argv.slice(1);
  const end = "setTimeout(() => process.kill(process.pid, 'SIGKILL'), " + Number(patience) + ")";
  new Worker(end, { eval: true }).unref();
  const { create } = await import(file);
  const adapter = await create([]).requestAdapter({ powerPreference: 'high-performance' });
  process.exit(adapter ? 0 : 3);`;
const NONE = 3;
/** Milliseconds; a driver that waits for something is as good as none. */
const PATIENCE = 60_000;
/** Bytes that it may write. */
const MOST_SAID = 2 ** 20;

/** How the process that asks is started. @param patience milliseconds until it ends itself */
export function adapterProbe(file: string, patience: number) {
  return {
    argv: ['--input-type=module', '--eval', SCRIPT, pathToFileURL(file).href, String(patience)],
    env: {
      // Without it Vulkan's loader complains; nothing is put there.
      XDG_RUNTIME_DIR: tmpdir(),
      ...process.env,
      // Electron's own program would start the application once more, else.
      ELECTRON_RUN_AS_NODE: '1',
    },
  };
}

/**
 * What lacks to compute on a GPU here, asked in a process of its own: where Dawn finds no adapter it writes that to
 * the terminal, past all that Node could catch, and a driver may end the process.
 *
 * @returns nothing where there is an adapter, or the host has WebGPU itself; else what is wrong, with what Dawn says
 */
export async function missingAdapter(options: DawnOptions = {}): Promise<string | undefined> {
  const file = findDawn(options);
  if (!file || globalThis.navigator?.gpu) return missingWebGpu(options);
  // It ends itself a little later, so that who waits is told of the time.
  const { argv, env } = adapterProbe(file, PATIENCE + 5_000);
  const limits = { timeout: PATIENCE, maxBuffer: MOST_SAID };
  return new Promise((done) => {
    execFile(process.execPath, argv, { env, ...limits }, (error, _, stderr) => {
      if (!error) return done(undefined);
      const said = saidIn(stderr);
      if (error.code === NONE) return done(NO_ADAPTER + said);
      const how =
        // Node's types know numbers alone.
        String(error.code) === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER'
          ? `it writes more than ${MOST_SAID} bytes`
          : error.killed
            ? `no answer in ${PATIENCE / 1000} s`
            : (error.signal ?? error.code);
      done(
        `Dawn does not start (${how}): look for a newer driver of the GPU, or update ${file}${said}`,
      );
    });
  });
}

/** Its warnings and errors, each once; not where in Dawn they arose. */
function saidIn(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => /^\s*\w*(error|warning):/i.test(line));
  const found = [...new Set(lines.map((line) => line.trim().replace(/\.$/, '')))];
  return found.length > 0 ? `; Dawn says: ${found.join('; ')}` : '';
}
