import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { presets } from '@hifigan/config';
import { describe, expect, it } from 'vitest';
import type { Backend } from './backends/backend.js';
import { commands } from './commands/index.js';
import { userFolder } from './context.js';
import { main } from './main.js';
import { inFolder, runMain } from './testing/run-main.js';
import { version } from './version.js';

type Register = (typeof commands)[number];

describe('main', () => {
  it("lists the host's verbs among its own, and hands them what follows as it is", async () => {
    const calls: (readonly string[])[] = [];
    const verb = {
      name: 'setup',
      description: 'build what is needed',
      run: async (argv: readonly string[]) => {
        calls.push(argv);
        return 3;
      },
    };
    const help = await runMain(['--help'], { verbs: [verb] });
    expect(help.stdout).toMatch(/^Commands:\n( {2}.*\n)* {2}setup .* build what is needed$/m);
    expect(await runMain(['setup', '--json', '--help', 'x'], { verbs: [verb] })).toMatchObject({
      code: 3,
    });
    expect(await runMain(['--json', 'setup', '--cpu'], { verbs: [verb] })).toMatchObject({
      code: 3,
    });
    await runMain(['help', 'setup'], { verbs: [verb] });
    expect(calls).toEqual([['--json', '--help', 'x'], ['--json', '--cpu'], ['--help']]);
  });

  it('never throws, whatever a verb of the host does', async () => {
    const run = () => Promise.reject(new Error('the machine is odd'));
    const verbs = [{ name: 'setup', description: '', run }];
    expect(await runMain(['setup'], { verbs })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'error: the machine is odd\n',
    });
  });

  it('lets go of all backends, whatever fails at the end, and tells of it', async () => {
    const ended: string[] = [];
    const backend = (name: string, end: () => Promise<void>): Backend => ({
      ...{ name, description: '', available: async () => ({ ok: true }) },
      ...{ activate: async () => undefined, end },
    });
    const backends = [
      backend('one', () => Promise.reject(new Error('the GPU hangs'))),
      backend('two', async () => void ended.push('two')),
    ];
    const register: Register = (program, context) => {
      program.command('leave').action(() => {
        context.atEnd(() => Promise.reject(new Error('a rank is gone')));
        context.atEnd(async (code) => void ended.push(`told ${code}`));
      });
    };
    const list = commands as Register[];
    list.push(register);
    try {
      expect(await runMain(['leave'], { backends })).toMatchObject({
        code: 1,
        stderr: 'error: a rank is gone\nerror: the GPU hangs\n',
      });
    } finally {
      list.pop();
    }
    expect(ended).toEqual(['told 1', 'two']);
  });

  it('names the help of the verb that was written wrongly', async () => {
    for (const [argv, verb] of [
      [['convert', 'a', '-o', 'b', '--odd'], 'hifigan convert'],
      [['config', 'check', '--odd'], 'hifigan config check'],
      [['synth'], 'hifigan synth'],
      [['odd'], 'hifigan'],
    ] as const) {
      const { code, stderr } = await runMain(argv);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^error: /);
      expect(stderr).toContain(`\n(${verb} --help tells more)\n`);
    }
  });

  it('prints help and version as results', async () => {
    const help = await runMain(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/^Usage: hifigan/);
    expect(await runMain(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
    expect((await runMain(['-h'], { name: 'hifigan-gpu' })).stdout).toMatch(/^Usage: hifigan-gpu/);
  });

  it('calls wrong usage 2, guesses what was meant, and keeps stdout clean', async () => {
    const wrong = await runMain(['confg']);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toMatch(/Did you mean config\?/);
    expect(await runMain([])).toMatchObject({ code: 2, stdout: '' });
    expect(await runMain(['config', 'check'])).toMatchObject({ code: 2, stdout: '' });
    expect((await runMain(['config', 'init', '--fource'])).stderr).toMatch(
      /Did you mean --force\?/,
    );
    expect(await runMain(['config', 'init', 'v9'])).toMatchObject({ code: 2, stdout: '' });
  });

  it('names a missing file and the cure', async () => {
    const { code, stderr } = await runMain(['config', 'check', 'nowhere.json'], { cwd: '/' });
    expect(code).toBe(1);
    expect(stderr).toBe(
      'error: nowhere.json: cannot be read: there is no such file or folder; check the path, or take a preset: v1, v2, v3, v1-16k, v1-24k, v1-44k, v1-48k\n',
    );
  });

  it('ends at Ctrl-C while it waits for a pipe', async () => {
    const controller = new AbortController();
    const run = runMain(['config', 'check', '-'], {
      stdin: new PassThrough(),
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(), 20);
    expect(await run).toMatchObject({
      code: 130,
      stdout: '',
      stderr: expect.stringMatching(/^stopping; press Ctrl-C again to end now\nerror: interrupted/),
    });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('hears %s', async (name) => {
    const before = process.listenerCount(name);
    const verbs = [
      {
        name: 'wait',
        description: '',
        run: (_: readonly string[], signal: AbortSignal) =>
          new Promise<number>((done) => {
            signal.addEventListener('abort', () => done(7));
            expect(process.listenerCount(name)).toBe(before + 1);
            process.emit(name);
          }),
      },
    ];
    expect(await runMain(['wait'], { verbs, signal: undefined })).toMatchObject({ code: 7 });
    expect(process.listenerCount(name)).toBe(before);
  });

  it('goes on where the reader of what it says has gone', async () => {
    const before = process.stderr.listenerCount('error');
    const gone = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
    const verbs = [
      {
        name: 'wait',
        description: '',
        run: async () => {
          process.stderr.emit('error', gone);
          return 5;
        },
      },
    ];
    expect(await main(['wait'], { env: {}, verbs })).toBe(5);
    expect(process.stderr.listenerCount('error')).toBe(before);
  });

  it('explains a result that cannot be written, and is silent where its reader has gone', async () => {
    const failing = (code: string) => ({
      write: (_: unknown, done?: (error?: Error | null) => void) =>
        done?.(Object.assign(new Error(code), { code })),
    });
    const stderr: string[] = [];
    const host = {
      env: {},
      stderr: { write: (text: string | Uint8Array) => stderr.push(String(text)) },
    };
    expect(await main(['config', 'schema'], { ...host, stdout: failing('ENOSPC') })).toBe(1);
    expect(await main(['config', 'schema'], { ...host, stdout: failing('EPIPE') })).toBe(0);
    expect(stderr).toEqual([
      expect.stringMatching(/^error: the result cannot be written: the disk is full/),
    ]);
  });

  it('colours only a terminal that wants it', async () => {
    const red = '\u001b[31m';
    const options = { cwd: '/', tty: true };
    expect((await runMain(['config', 'check', 'x'], options)).stderr).toContain(red);
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
      expect((await runMain(['config', 'check', 'x'], { ...options, env })).stderr).not.toContain(
        '\u001b',
      );
    }
    expect((await runMain(['config', 'check', 'x'], { cwd: '/' })).stderr).not.toContain('\u001b');
  });
});

describe('userFolder', () => {
  it('is where npm was called for our own scripts only', () => {
    const env = { INIT_CWD: '/home/a', npm_package_name: 'hifigan-typescript' };
    expect(userFolder(env, '/repo')).toBe('/home/a');
    expect(userFolder({ ...env, npm_package_name: 'other' }, '/repo')).toBe('/repo');
    expect(userFolder({}, '/repo')).toBe('/repo');
  });
});

describe('hifigan config', () => {
  it('writes presets that read back, and does not write over files', () =>
    inFolder(async (cwd) => {
      for (const [name, preset] of Object.entries(presets)) {
        const out = `${name}.json`;
        expect(await runMain(['config', 'init', name, '-o', out], { cwd })).toMatchObject({
          code: 0,
          stdout: `${out}\n`,
        });
        expect(JSON.parse(await readFile(join(cwd, out), 'utf8'))).toEqual(preset);
        expect(await runMain(['config', 'check', out], { cwd })).toMatchObject({
          code: 0,
          stdout: `${out}: good\n`,
          stderr: '',
        });
      }
      await writeFile(join(cwd, 'v1.json'), 'mine');
      const refused = await runMain(['config', 'init', 'v1', '-o', 'v1.json'], { cwd });
      expect(refused).toMatchObject({ code: 1, stdout: '' });
      expect(refused.stderr).toMatch(/v1\.json: exists already; .*--force/);
      expect(await readFile(join(cwd, 'v1.json'), 'utf8')).toBe('mine');
      expect((await runMain(['config', 'init', 'v1', '-o', 'v1.json', '-f'], { cwd })).code).toBe(
        0,
      );
      const files = Object.keys(presets).map((name) => `${name}.json`);
      expect((await readdir(cwd)).sort()).toEqual(files.sort());
    }));

  it('prints a preset, and reads from a pipe', async () => {
    const { stdout } = await runMain(['config', 'init', 'v2']);
    expect(JSON.parse(stdout)).toEqual(presets.v2);
    const input = new TextEncoder().encode(stdout);
    const checked = await runMain(['config', 'check', '-', '--json'], { input });
    expect(JSON.parse(checked.stdout)).toMatchObject({ valid: true, config: presets.v2 });
  });

  it('lists all problems, unknown keys and missing ones', async () => {
    const source = { ...presets.v1, hop_size: 300, fmax: '8000', note: 1 };
    const input = new TextEncoder().encode(JSON.stringify(source));
    const { code, stdout, stderr } = await runMain(['config', 'check', '-'], { input });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^error: stdin: 3 problems\n {2}fmax: .*\n {2}upsample_rates: .*\n {2}segment_size/,
    );
    const { seed: _, ...rest } = { ...presets.v1, note: 1 };
    const read = await runMain(['config', 'check', '-'], {
      input: new TextEncoder().encode(JSON.stringify(rest)),
    });
    expect(read.stderr).toMatch(/1 unknown key, kept and read by nothing: note/);
    expect(read.stderr).toMatch(/missing keys take V1's values: seed/);
  });

  it('prints the schema', async () => {
    expect(JSON.parse((await runMain(['config', 'schema'])).stdout)).toMatchObject({
      type: 'object',
    });
  });
});
