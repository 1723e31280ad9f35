import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNpy } from '@hifigan/checkpoint';
import { describe, expect, it } from 'vitest';
import { startHifigan, until } from '../testing/process.js';
import { runMain } from '../testing/run-main.js';
import { inSynthWorkshop } from '../testing/synth.js';

const MODEL = ['--checkpoint', 'run'];

/** Mels of different lengths in a folder. */
async function writeMels(cwd: string, names: readonly string[], folder = 'in', least = 20) {
  await mkdir(join(cwd, folder), { recursive: true });
  for (const [index, name] of names.entries()) {
    const frames = least + 3 * index;
    const data = Float32Array.from({ length: 12 * frames }, (_, i) => -5 + Math.sin(i));
    await writeFile(join(cwd, folder, `${name}.npy`), writeNpy({ shape: [12, frames], data }));
  }
}

/** Processes that a process has started, by what Linux tells: `pid (name) state parent …`. */
async function childrenOf(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const parents = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')),
  );
  return pids
    .filter((_, i) => Number(parents[i].replace(/^.*\) /s, '').split(' ')[1]) === parent)
    .map(Number);
}

const synthIn =
  (cwd: string) =>
  (...argv: string[]) =>
    runMain(['synth', ...argv, ...MODEL], { cwd });

describe('hifigan synth of many', () => {
  it('takes lists, with names for the results or without', () =>
    inSynthWorkshop(async (cwd) => {
      await writeMels(cwd, ['a', 'b', 'ä 日本 c']);
      const synth = synthIn(cwd);
      await writeFile(
        join(cwd, 'list.txt'),
        '\uFEFFin/a.npy | deep/first.wav\r\n\r\n  in/b.npy\t\r\n\nin/ä 日本 c.npy|v1.2 \nin/none.npy|none\nrun|folder\n',
      );
      const run = await synth('--list', 'list.txt', '-o', 'out', '--json');
      expect(run.code).toBe(1);
      const { files, failed } = JSON.parse(run.stdout);
      expect(files.map(({ out }: { out: string }) => out)).toEqual([
        'out/deep/first.wav',
        'out/b.wav',
        'out/v1.2.wav',
      ]);
      expect(failed.map((one: { reason: string }) => one.reason)).toEqual([
        expect.stringMatching(/^in\/none\.npy: cannot be read: there is no such file/),
        expect.stringMatching(/^run: .*is a folder, where a file is needed/),
      ]);
      expect(run.stderr).toMatch(
        /^2 files failed\n {2}in\/none\.npy: cannot be read: .*\n {2}run: /m,
      );
      expect(await readdir(join(cwd, 'out'), { recursive: true })).toEqual(
        expect.arrayContaining(['deep/first.wav', 'b.wav', 'v1.2.wav']),
      );

      const refused = async (list: string | Uint8Array, ...more: string[]) => {
        await writeFile(join(cwd, 'bad.txt'), list);
        const { code, stdout, stderr } = await synth('--list', 'bad.txt', '-o', 'other', ...more);
        expect(code).toBeGreaterThan(0);
        expect(stdout).toBe('');
        return stderr;
      };
      expect(await refused('in/a.npy|../a.wav')).toMatch(
        /line 1: out=\.\.\/a\.wav must be .* below --out/,
      );
      expect(await refused('\nin/a.npy|/tmp/a.wav')).toMatch(/line 2: out=\/tmp\/a\.wav must be/);
      expect(await refused('in/a.npy|a|b')).toMatch(/line 1: must be a path, or path\|out/);
      expect(await refused('in/a.npy|a.flac')).toMatch(/a\.flac: must end in \.wav/);
      expect(await refused('in/a.npy|x\nin/b.npy|x.wav')).toMatch(
        /both would become other\/x\.wav/,
      );
      expect(await refused('\n \n')).toMatch(/bad\.txt: names no files/);
      expect(await refused(Uint8Array.of(0xff, 0xfe, 0x41))).toMatch(/must be text \(UTF-8\)/);
      expect(await refused(' - ')).toMatch(/line 1: - cannot stand in a list/);
      expect((await synth('-o', 'x.wav')).stderr).toMatch(/missing required argument 'in'/);
      expect((await synth('-', '--list', '-', '-o', 'x')).stderr).toMatch(/stdin can be read once/);
      const piped = await runMain(['synth', '--list', '-', '-o', 'piped', ...MODEL], {
        ...{ cwd, input: Buffer.from('in/b.npy') },
      });
      expect(piped).toMatchObject({ code: 0, stdout: 'piped/b.wav\n' });
    }));

  it('leaves out of lists what is blank, and comments', () =>
    inSynthWorkshop(async (cwd) => {
      await writeMels(cwd, ['a', 'b', '#c']);
      const list =
        '# of Monday\n\n  # in/none.npy|none\n#in/none.npy\nin/a.npy|#1\n\t\nin/b.npy # not a comment\nin/#c.npy\n';
      await writeFile(join(cwd, 'list.txt'), list);
      const run = await synthIn(cwd)('--list', 'list.txt', '-o', 'out', '--json');
      const { files, failed } = JSON.parse(run.stdout);
      expect(files.map(({ out }: { out: string }) => out)).toEqual(['out/#1.wav', 'out/#c.wav']);
      expect(failed).toMatchObject([{ in: 'in/b.npy # not a comment' }]);
      await writeFile(join(cwd, 'none.txt'), '# in/a.npy\n');
      expect((await synthIn(cwd)('--list', 'none.txt', '-o', 'x')).stderr).toMatch(
        /none\.txt: names no files/,
      );
      expect((await runMain(['synth', '--help'], { cwd })).stdout).toMatch(
        /blank lines and those that begin with # are left out/,
      );
    }));

  it('finishes the others where one that is named is missing, and speaks none of its own results', () =>
    inSynthWorkshop(async (cwd) => {
      await writeMels(cwd, ['a', 'b']);
      const synth = synthIn(cwd);
      const run = await synth('in/a.npy', 'in/none.npy', '-o', 'out');
      expect([run.code, run.stderr]).toEqual([
        1,
        expect.stringMatching(/in\/none\.npy: cannot be read: there is no such file/),
      ]);
      expect(await readdir(join(cwd, 'out'))).toEqual(['a.wav']);
      for (const options of [[], ['--resume']]) {
        const again = await synth('in', '-o', 'in/spoken', ...options);
        expect([again.code, again.stderr]).toEqual([0, expect.any(String)]);
        expect(await readdir(join(cwd, 'in', 'spoken'))).toEqual(['a.wav', 'b.wav']);
      }
    }));

  it('says that --resume makes what is missing where some results are there', () =>
    inSynthWorkshop(async (cwd) => {
      await writeMels(cwd, ['a', 'b']);
      await mkdir(join(cwd, 'out'));
      await writeFile(join(cwd, 'out', 'a.wav'), '');
      const synth = synthIn(cwd);
      expect(await synth('in', '-o', 'out')).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(
          /out\/a\.wav: exists already; choose another name, make only what is missing with --resume, or write over it with --force/,
        ),
      });
      await writeFile(join(cwd, 'out', 'b.wav'), '');
      expect((await synth('in', '-o', 'out')).stderr).toMatch(
        /out\/a\.wav \(and 1 more\): exists already; .*--resume, or write over them with --force/,
      );
    }));

  it('makes what is missing, and writes over nothing unless told to', () =>
    inSynthWorkshop(async (cwd) => {
      await writeMels(cwd, ['a', 'b', 'c', 'd', 'e']);
      const synth = synthIn(cwd);
      const resume = (...more: string[]) => synth('in', '-o', 'out', '--resume', ...more);
      const at = (name: string) => join(cwd, 'out', name);
      expect(await resume()).toMatchObject({
        code: 0,
        stdout: ['a', 'b', 'c', 'd', 'e'].map((name) => `out/${name}.wav\n`).join(''),
      });
      const whole = await readFile(at('b.wav'));
      const spoiled = new Map([
        ['b.wav', whole.subarray(0, 100)],
        ['d.wav', Buffer.from('notes of somebody else')],
        ['c.wav', await readFile(at('c.wav'))],
      ]);
      for (const [name, bytes] of spoiled) await writeFile(at(name), bytes);
      const later = new Date(Date.now() + 5000);
      await utimes(join(cwd, 'in', 'c.npy'), later, later);
      await rm(at('e.wav'));
      const { mtimeMs } = await stat(at('a.wav'));

      const again = await resume();
      expect(again).toMatchObject({ code: 1, stdout: 'out/e.wav\n' });
      expect(again.stderr).toMatch(
        /^error: in\/b\.npy: out\/b\.wav is not whole, or not ours, and stays as it is; remove it, or make it anew with --resume --force$/m,
      );
      expect(again.stderr).toMatch(
        /^error: in\/c\.npy: out\/c\.wav is older than its input, and stays/m,
      );
      expect(again.stderr).toMatch(
        /^1 file kept, whole and newer than the input\n3 files failed$/m,
      );
      for (const [name, bytes] of spoiled) {
        expect((await readFile(at(name))).equals(bytes), name).toBe(true);
      }
      const told = JSON.parse((await resume('--json')).stdout);
      expect(told).toMatchObject({ files: [], kept: 2 });
      expect(told.failed.map((one: { in: string }) => one.in)).toEqual(
        ['b', 'c', 'd'].map((name) => `in/${name}.npy`),
      );
      const one = await synth('in/d.npy', '-o', 'out/d.wav', '--resume');
      expect(one).toMatchObject({ code: 1, stdout: '' });

      const past = new Date(Date.now() - 5000);
      await utimes(at('c.wav'), past, past);
      await utimes(join(cwd, 'in', 'c.npy'), new Date(), new Date());
      const forced = await resume('--force');
      expect(forced).toMatchObject({ code: 0, stdout: 'out/b.wav\nout/c.wav\nout/d.wav\n' });
      expect(forced.stderr).toMatch(
        /^out\/c\.wav: made anew, because it is older than its input$/m,
      );
      expect(await readFile(at('b.wav'))).toEqual(whole);
      expect((await stat(at('a.wav'))).mtimeMs).toBe(mtimeMs);
      const done = await resume('--json');
      expect(JSON.parse(done.stdout)).toEqual({ files: [], failed: [], kept: 5 });
      // FLAC is told to be whole as well.
      await synth('in', '-o', 'flac', '--format', 'flac', '--resume');
      const flac = await synth('in', '-o', 'flac', '--format', 'flac', '--resume');
      expect(flac.stderr).toMatch(/^5 files kept/m);
      // Its header is whole where the rest is not.
      const bytes = await readFile(join(cwd, 'flac', 'b.flac'));
      await writeFile(join(cwd, 'flac', 'b.flac'), bytes.subarray(0, bytes.length - 40));
      const cut = await synth('in', '-o', 'flac', '--format', 'flac', '--resume');
      expect(cut).toMatchObject({ code: 1, stdout: '' });
      expect(cut.stderr).toMatch(/flac\/b\.flac is not whole, or not ours, and stays/);
      // That of a pipe says nothing.
      const wav = await readFile(at('a.wav'));
      wav.fill(0xff, 4, 8).fill(0xff, 40, 44);
      await writeFile(at('a.wav'), wav.subarray(0, wav.length / 2));
      expect((await resume()).stderr).toMatch(/out\/a\.wav is not whole, or not ours/);
    }));

  it('shares neither stdin nor stdout among processes', () =>
    inSynthWorkshop(async (cwd) => {
      const workers = ['--workers', '2'];
      for (const argv of [
        ['a.npy', '-o', '-'],
        ['-', '-o', 'out'],
        ['-', '-o', '-'],
      ]) {
        const run = await synthIn(cwd)(...argv, ...workers);
        expect(run).toMatchObject({ code: 2, stdout: '' });
        expect(run.stderr).toMatch(/--workers: does not go with (the input|--out) -, because std/);
      }
    }));

  it('does its part of several, which together are all', () =>
    inSynthWorkshop(async (cwd) => {
      const names = ['a', 'b', 'c', 'd', 'e'];
      await writeMels(cwd, names);
      const synth = synthIn(cwd);
      const parts: string[][] = [];
      for (const shard of ['1/3', '2/3', '3/3']) {
        const run = await synth('in', '-o', 'out', '--shard', shard);
        expect(run.code, run.stderr).toBe(0);
        parts.push(run.stdout.trim().split('\n'));
      }
      expect(parts.map(({ length }) => length)).toEqual([2, 2, 1]);
      expect(parts.flat().sort()).toEqual(names.map((name) => `out/${name}.wav`));
      const none = await synth('in/a.npy', '-o', 'other', '--shard', '2/2');
      expect(none).toMatchObject({ code: 0, stdout: '' });
      for (const shard of ['0/3', '4/3', '1/0', '1', 'x/y', '1.5/2']) {
        expect((await synth('in', '-o', 'x', '--shard', shard)).stderr).toMatch(
          /from 1\/n to n\/n/,
        );
      }
    }));

  it('shares the files among processes, with the same results', () =>
    inSynthWorkshop(async (cwd) => {
      await writeMels(cwd, ['a', 'b', 'c', 'd', 'e']);
      await writeFile(join(cwd, 'in', 'broken.wav'), 'RIFF');
      const alone = await synthIn(cwd)('in', '-o', 'alone');
      const both = startHifigan(
        ['synth', 'in', '-o', 'both', '--workers', '2', '--json', ...MODEL],
        cwd,
      );
      expect([alone.code, await both.ended], both.stderr()).toEqual([1, 1]);
      const { files, failed, backend } = JSON.parse(both.stdout().toString());
      expect(backend).toBe('wasm');
      expect(files.map(({ in: name }: { in: string }) => name)).toEqual(
        ['a', 'b', 'c', 'd', 'e'].map((name) => `in/${name}.npy`),
      );
      expect(failed).toMatchObject([
        { in: 'in/broken.wav', reason: expect.stringMatching(/broken\.wav: /) },
      ]);
      for (const name of ['a', 'b', 'c', 'd', 'e']) {
        const [one, other] = await Promise.all(
          ['alone', 'both'].map((folder) => readFile(join(cwd, folder, `${name}.wav`))),
        );
        expect(one.equals(other), name).toBe(true);
      }
      const wrong = startHifigan(
        ['synth', 'in', '-o', 'x', '--checkpoint', 'none', '--workers', '3'],
        cwd,
      );
      expect(await wrong.ended).toBe(1);
      expect(wrong.stderr().match(/none: cannot be read/g)).toHaveLength(1);
      expect((await synthIn(cwd)('in', '-o', 'x', '--workers', '2')).stderr).toMatch(
        /program must be handed to main/,
      );
    }));

  it.skipIf(process.platform !== 'linux').each([
    ['SIGKILL', /^in\/m\d+\.npy: its process was ended by SIGKILL/],
    ['SIGTERM', /^in\/m\d+\.npy: its process was told to end by a signal of its own$/],
    ['SIGINT', /^in\/m\d+\.npy: its process was told to end by a signal of its own$/],
  ])('goes on where one of its processes is sent %s', (signal, reason) =>
    inSynthWorkshop(async (cwd) => {
      await writeMels(
        cwd,
        Array.from({ length: 40 }, (_, i) => `m${i}`),
        'in',
        400,
      );
      const run = startHifigan(
        ['synth', 'in', '-o', 'out', '--workers', '2', '--json', ...MODEL],
        cwd,
      );
      await until(() => existsSync(join(cwd, 'out')) || run.child.exitCode !== null);
      const [first] = await childrenOf(Number(run.child.pid));
      process.kill(first, signal);
      expect(await run.ended, run.stderr()).toBe(1);
      const { files, failed } = JSON.parse(run.stdout().toString());
      expect([files.length, failed.length]).toEqual([39, 1]);
      expect(failed[0].reason).toMatch(reason);
      // Who is killed has no time to put away what it has begun.
      if (signal === 'SIGKILL') return;
      // A folder in which nothing was finished is gone.
      const left = existsSync(join(cwd, 'out')) ? await readdir(join(cwd, 'out')) : ['a.wav'];
      expect(left).not.toEqual([]);
      expect(left.filter((name) => name.includes('partial'))).toEqual([]);
    }),
  );

  it('ends its processes at Ctrl-C, and leaves nothing half written', () =>
    inSynthWorkshop(async (cwd) => {
      await writeMels(
        cwd,
        Array.from({ length: 200 }, (_, i) => `m${i}`),
        'in',
        400,
      );
      const run = startHifigan(['synth', 'in', '-o', 'out', '--workers', '2', ...MODEL], cwd);
      await until(() => existsSync(join(cwd, 'out')) || run.child.exitCode !== null);
      run.child.kill('SIGINT');
      expect(await run.ended, run.stderr()).toBe(130);
      expect(run.stderr()).toMatch(/finished files stay/);
      // A folder in which nothing was finished is gone.
      const left = existsSync(join(cwd, 'out')) ? await readdir(join(cwd, 'out')) : ['a.wav'];
      expect(left).not.toEqual([]);
      expect(left.filter((name) => name.includes('partial'))).toEqual([]);
      expect(left.length).toBeLessThan(200);
    }));

  it.skipIf(process.getuid?.() === 0)('reports a file that may not be read', () =>
    inSynthWorkshop(async (cwd) => {
      await writeMels(cwd, ['a', 'b']);
      await chmod(join(cwd, 'in', 'a.npy'), 0);
      const run = await synthIn(cwd)('in', '-o', 'out');
      expect(run).toMatchObject({ code: 1, stdout: 'out/b.wav\n' });
      expect(run.stderr).toMatch(/in\/a\.npy: cannot be read: no permission/);
    }),
  );
});
