import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { vi } from 'vitest';

/** A machine for tests of the setup: programs on the PATH that only pretend, and no network. */
export interface FakeMachine {
  readonly root: string;
  readonly cache: string;
  /** The calls of programs so far, a line each: name and arguments. */
  calls(): string[];
  /** Puts a shell script on the PATH. `$LOG` records a call. */
  program(name: string, script: string): void;
}

const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

/** An installed wheel in a folder: returns its folder `tensorflow`. */
export function fakeWheel(sitePackages: string, version = '2.21.0', without = ''): string {
  const folder = join(sitePackages, 'tensorflow');
  mkdirSync(join(sitePackages, `tensorflow_cpu-${version}.dist-info`), { recursive: true });
  for (const file of [...LIBRARIES, 'include/tensorflow/c/eager/c_api.h', 'python/big.py']) {
    if (file === without) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), '');
  }
  return folder;
}

/** Undone by `vi.unstubAllEnvs()`. */
export function fakeMachine(): FakeMachine {
  const root = mkdtempSync(join(tmpdir(), 'hifigan-gpu-'));
  const programs = join(root, 'bin');
  const logFile = join(root, 'calls');
  mkdirSync(programs);
  // What else the scripts use is asked for by its full path.
  vi.stubEnv('PATH', [programs, '/usr/bin', '/bin'].join(delimiter));
  vi.stubEnv('CXX', undefined);
  vi.stubEnv('npm_config_nodedir', undefined);
  const machine: FakeMachine = {
    root,
    cache: join(root, 'cache'),
    calls: () =>
      existsSync(logFile) ? readFileSync(logFile, 'utf8').split('\n').filter(Boolean) : [],
    program(name, script) {
      const path = join(programs, name);
      writeFileSync(path, `#!/bin/sh\necho "${name} $*" >> ${logFile}\n${script}\n`);
      chmodSync(path, 0o755);
    },
  };
  mkdirSync(machine.cache);
  const wheel = join(root, 'wheel');
  fakeWheel(wheel);
  // After --target or -o comes where things go.
  const target =
    'while [ $# -gt 0 ]; do case "$1" in --target|-o|--prefix) to=$2;; esac; shift; done';
  machine.program('python3', `[ "$1" = -c ] && exit 0\n${target}\ncp -r ${wheel}/. "$to"`);
  machine.program('c++', `[ "$1" = --version ] && exit 0\n${target}\necho built > "$to"`);
  machine.program(
    'npm',
    `${target}\nmkdir -p "$to/node_modules/node-linux-${process.arch}/include/node"\n` +
      `touch "$to/node_modules/node-linux-${process.arch}/include/node/node_api.h"`,
  );
  return machine;
}
