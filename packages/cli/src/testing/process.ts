import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { sourceArguments } from '@hifigan/testkit';

const PROGRAM = fileURLToPath(new URL('../../bin/hifigan.js', import.meta.url));

/** Tells on its last line of stderr the most memory that the process has held. */
const TELL_PEAK = `data:text/javascript,${encodeURIComponent(`
import { readFileSync, writeSync } from 'node:fs';
process.on('exit', () => {
  const own = /^VmHWM:\\s*(\\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  writeSync(2, 'peak ' + (own ?? process.resourceUsage().maxRSS) + ' KiB\\n');
});
`)}`;

/** Keeps garbage from counting: the rest of a peak is what is held. */
const COLLECT = `data:text/javascript,${encodeURIComponent('setInterval(gc, 100).unref();')}`;

/** `hifigan` in a process of its own. */
export interface Hifigan {
  readonly child: ChildProcess;
  /** What came so far. */
  stdout(): Buffer;
  stderr(): string;
  /** Its exit code or signal. */
  readonly ended: Promise<number | string | null>;
  /** Most memory it held, bytes; known when it has ended. */
  peakBytes(): number;
}

/** @param options `collecting`: garbage is collected all the time, so that the peak is that of what is held */
export function startHifigan(
  argv: readonly string[],
  cwd: string,
  { collecting = false }: { readonly collecting?: boolean } = {},
): Hifigan {
  const collect = collecting ? ['--expose-gc', '--import', COLLECT] : [];
  const child = spawn(
    process.execPath,
    [...sourceArguments(), ...collect, '--import', TELL_PEAK, PROGRAM, ...argv],
    // Under a package manager, paths would be those of the folder in which it was called.
    { cwd, env: { ...process.env, INIT_CWD: '', NO_COLOR: '1' } },
  );
  const out: Buffer[] = [];
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  return {
    child,
    stdout: () => Buffer.concat(out),
    stderr: () => err,
    ended: new Promise((done, fail) => {
      child.on('error', fail);
      child.on('close', (code, signal) => done(signal ?? code));
    }),
    peakBytes: () => 1024 * Number(/^peak (\d+) KiB$/m.exec(err)?.[1]),
  };
}

/** Waits until something is so. */
export async function until(isTime: () => boolean): Promise<void> {
  while (!isTime()) await new Promise((done) => setTimeout(done, 5));
}
