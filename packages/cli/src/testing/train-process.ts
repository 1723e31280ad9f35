import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { sourceArguments } from '@hifigan/testkit';
import { BASE } from './train.js';

const PROGRAM = fileURLToPath(new URL('../../bin/hifigan.js', import.meta.url));

/** A training (`hifigan train`) in a process of its own, whose standard error is heard. */
export interface Training {
  readonly child: ChildProcess;
  /** What it has said. */
  said(): string;
  /** Its exit code or signal. */
  readonly ended: Promise<number | string | null>;
}

/** @param cwd the folder of a workshop */
export function startTraining(cwd: string, options: readonly string[]): Training {
  const args = [...sourceArguments(), PROGRAM, 'train', ...BASE, ...options];
  const child = spawn(process.execPath, args, {
    cwd,
    // Under a package manager, paths would be those of the folder in which it was called.
    env: { ...process.env, INIT_CWD: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  const ended = new Promise<number | string | null>((done, fail) => {
    child.on('error', fail);
    child.on('close', (code, signal) => done(signal ?? code));
  });
  return { child, said: () => said, ended };
}

/** Looks often until it is so. */
export const until = async (isTime: () => boolean) => {
  while (!isTime()) await new Promise((done) => setTimeout(done, 5));
};
