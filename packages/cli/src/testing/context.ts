import { Readable, Writable } from 'node:stream';
import type { Context } from '../context.js';
import { createConsole } from '../terminal/console.js';

/** A context for tests of what commands are made of; what is said is lost. */
export function quietContext(cwd: string, signal = new AbortController().signal): Context {
  const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  return {
    ...{ backends: [], program: undefined, env: {}, cwd, signal },
    console: createConsole({ stdout: nowhere(), stderr: nowhere(), env: {}, json: false }),
    stdin: Readable.from([]),
    now: () => 0,
    atEnd: () => undefined,
  };
}
