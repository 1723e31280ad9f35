import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { inFolder, runMain } from '../testing/run-main.js';

it.skipIf(!existsSync('/dev/zero'))('devices and named pipes are refused, as none need end', () =>
  inFolder(async (cwd) => {
    await promisify(execFile)('mkfifo', [join(cwd, 'fifo')]);
    for (const name of ['x.npy', 'x.wav']) await writeFile(join(cwd, name), '');
    for (const path of ['/dev/zero', '/dev/null', 'fifo']) {
      for (const argv of [
        ['info', path],
        ['convert', path, 'out'],
        ['synth', path, '-o', 'o.wav', '--mel-profile', 'auto'],
        ['synth', 'x.npy', '-o', 'o.wav', '--checkpoint', path],
        ['mel', 'x.wav', '-o', 'o.npy', '--config', path],
      ]) {
        // A pipe is what synth speaks of, while it comes.
        if (path === 'fifo' && argv[0] === 'synth' && argv[1] === path) continue;
        const run = await runMain(argv, { cwd });
        expect(run.code, argv.join(' ')).toBe(1);
        expect(run.stderr, argv.join(' ')).toMatch(
          path === 'fifo'
            ? /fifo: must be a file, because what is read must end, and is a named pipe; give what comes out of it as -: … - < fifo/
            : /\/dev\/(zero|null): must be a file, because what is read must end, and is a device; name a file/,
        );
      }
    }
  }),
);
