import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeNpy } from '@hifigan/checkpoint';
import { MPI_IMPLEMENTATIONS, requireMpi, runRanks, tinyConfig } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { runMain } from '../testing/run-main.js';
import { inSynthWorkshop } from '../testing/synth.js';

const PROGRAM = fileURLToPath(new URL('../../bin/hifigan.js', import.meta.url));

for (const implementation of MPI_IMPLEMENTATIONS) {
  describe.skipIf(!requireMpi(implementation).available)(
    `hifigan synth on ranks of ${implementation.name}`,
    () => {
      it('shares the files, and rank 0 tells of all', () =>
        inSynthWorkshop(async (cwd) => {
          await mkdir(join(cwd, 'in'));
          for (const name of ['a', 'b', 'c']) {
            const data = new Float32Array(12 * 30).fill(-5);
            await writeFile(join(cwd, 'in', `${name}.npy`), writeNpy({ shape: [12, 30], data }));
          }
          // Of rank 1, which comes second in a sorted folder.
          await writeFile(join(cwd, 'in', 'aa.npy'), 'none');
          const { code, stdout, stderr } = await runRanks({
            ...{ implementation, ranks: 2, cwd },
            env: { NO_COLOR: '1', INIT_CWD: '' },
            program: [PROGRAM, 'synth', 'in', '-o', 'out', '--checkpoint', 'run', '--json'],
          });
          expect(code, stderr).toBe(1);
          const { files, failed } = JSON.parse(stdout);
          expect(files.map(({ out }: { out: string }) => out).sort()).toEqual([
            'out/a.wav',
            'out/b.wav',
            'out/c.wav',
          ]);
          expect(failed).toMatchObject([{ in: 'in/aa.npy' }]);
          expect(stderr).toMatch(/^2 ranks by /m);
          expect(stderr).toMatch(/^1 file failed$/m);
          expect((await readdir(join(cwd, 'out'))).sort()).toEqual(['a.wav', 'b.wav', 'c.wav']);
        }));

      it('lets the others end where the only file of a rank is broken', () =>
        inSynthWorkshop(async (cwd) => {
          await mkdir(join(cwd, 'in'));
          const data = new Float32Array(12 * 30).fill(-5);
          const mel = writeNpy({ shape: [12, 30], data });
          for (const name of ['a', 'c']) await writeFile(join(cwd, 'in', `${name}.npy`), mel);
          await writeFile(join(cwd, 'in', 'b.npy'), 'none');
          const { code, stdout, stderr } = await runRanks({
            ...{ implementation, ranks: 2, cwd },
            env: { NO_COLOR: '1', INIT_CWD: '' },
            program: [PROGRAM, 'synth', 'in', '-o', 'out', '--checkpoint', 'run', '--json'],
          });
          expect(code, stderr).toBe(1);
          const { files, failed } = JSON.parse(stdout);
          expect(files).toMatchObject([{ out: 'out/a.wav' }, { out: 'out/c.wav' }]);
          expect(failed).toMatchObject([{ in: 'in/b.npy' }]);
          expect((await readdir(join(cwd, 'out'))).sort()).toEqual(['a.wav', 'c.wav']);
        }));

      it('goes on with --resume: each rank makes what is missing of its share, rank 0 counts what is kept', () =>
        inSynthWorkshop(async (cwd) => {
          await mkdir(join(cwd, 'in'));
          const names = ['a', 'b', 'c', 'd', 'e', 'f'];
          for (const [index, name] of names.entries()) {
            const data = new Float32Array(12 * 30).fill(-index);
            await writeFile(join(cwd, 'in', `${name}.npy`), writeNpy({ shape: [12, 30], data }));
          }
          const resume = (...more: string[]) =>
            runRanks({
              ...{ implementation, ranks: 2, cwd },
              env: { NO_COLOR: '1', INIT_CWD: '' },
              program: [
                ...[PROGRAM, 'synth', 'in', '-o', 'out', '--checkpoint', 'run'],
                ...['--resume', '--json', ...more],
              ],
            });
          const at = (name: string) => join(cwd, 'out', `${name}.wav`);
          const first = await resume();
          expect(first.code, first.stderr).toBe(0);
          expect(JSON.parse(first.stdout)).toMatchObject({ failed: [], kept: 0 });
          const whole = new Map<string, Buffer>();
          for (const name of names) whole.set(name, await readFile(at(name)));

          // As two killed ranks leave them: one file of each share is missing, one of rank 1 is cut off.
          for (const name of ['c', 'd']) await rm(at(name));
          const cut = whole.get('f')?.subarray(0, 99) ?? Buffer.of();
          await writeFile(at('f'), cut);
          const { mtimeMs } = await stat(at('a'));
          const again = await resume();
          expect(again.code, again.stderr).toBe(1);
          const { files, failed, kept } = JSON.parse(again.stdout);
          expect(files).toMatchObject([{ out: 'out/c.wav' }, { out: 'out/d.wav' }]);
          expect(failed).toMatchObject([{ in: 'in/f.npy' }]);
          expect(kept).toBe(3);
          expect(again.stderr).toMatch(/^3 files kept, whole and newer than the input$/m);
          expect(await readFile(at('f'))).toEqual(cut);
          expect((await stat(at('a'))).mtimeMs).toBe(mtimeMs);

          const forced = await resume('--force');
          expect(forced.code, forced.stderr).toBe(0);
          // Rank 0 had nothing to do, and tells of rank 1.
          expect(JSON.parse(forced.stdout)).toMatchObject({
            ...{ files: [{ out: 'out/f.wav' }], failed: [], kept: 5 },
            ...{ backend: 'wasm', seconds: (30 * tinyConfig.hop_size) / tinyConfig.sampling_rate },
          });
          expect(forced.stderr).toMatch(/^1 file, .* of speech in .* on wasm$/m);
          const done = await resume();
          expect(done.code, done.stderr).toBe(0);
          expect(JSON.parse(done.stdout)).toMatchObject({ files: [], failed: [], kept: 6 });
          for (const name of names) expect(await readFile(at(name)), name).toEqual(whole.get(name));
        }));
    },
  );
}

it('does not shard what a launcher shards already', () =>
  inSynthWorkshop(async (cwd) => {
    const run = await runMain(['synth', 'a.npy', '-o', 'x.wav', '--shard', '1/2'], {
      cwd,
      env: { OMPI_COMM_WORLD_RANK: '0', OMPI_COMM_WORLD_SIZE: '2' },
    });
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(/--shard 1\/2: does not go with mpirun of Open MPI/);
  }));

it('refuses a stdout that all ranks would share', () =>
  inSynthWorkshop(async (cwd) => {
    const run = await runMain(['synth', 'a.npy', '-o', '-'], {
      cwd,
      env: { OMPI_COMM_WORLD_RANK: '1', OMPI_COMM_WORLD_SIZE: '2' },
    });
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(
      /--out -: does not go with mpirun of Open MPI, because each of its ranks/,
    );
  }));
