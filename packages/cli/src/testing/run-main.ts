import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { type Host, main } from '../main.js';

/** What a run of the command line left on its streams. */
export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly bytes: Uint8Array;
}

/** Runs the command line in a folder of its own, for tests. Nothing of the process's environment is seen. */
export async function runMain(
  argv: readonly string[],
  {
    input,
    heard,
    ...host
  }: Omit<Host, 'stdout' | 'stderr'> & {
    input?: Uint8Array;
    tty?: boolean;
    /** Told of stderr as it comes: what it does is done before the command goes on. */
    heard?: (text: string) => void;
  } = {},
): Promise<Run> {
  const stdout = collector();
  const stderr = Object.assign(collector(heard), host.tty ? { isTTY: true, columns: 80 } : {});
  const code = await main(argv, {
    env: {},
    stdin: Readable.from(input ? [Buffer.from(input)] : []),
    signal: new AbortController().signal,
    ...host,
    stdout,
    stderr,
  });
  return {
    code,
    stdout: stdout.bytes().toString(),
    stderr: stderr.bytes().toString(),
    bytes: stdout.bytes(),
  };
}

function collector(heard: (text: string) => void = () => undefined) {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      heard(String(chunk));
      done();
    },
  });
  return Object.assign(stream, { bytes: () => Buffer.concat(chunks) });
}

/** Hands a new empty folder to the work and removes it afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'hifigan-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
