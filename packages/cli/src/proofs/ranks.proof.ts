import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSafetensors } from '@hifigan/checkpoint';
import {
  MPI_IMPLEMENTATIONS,
  type RanksRun,
  requireMpi,
  runRanks,
  tinyConfig,
} from '@hifigan/testkit';
import { describe, expect, test } from 'vitest';
import { BASE, generatorOf, inTrainWorkshop, MEL_ONLY } from '../testing/train.js';

const PROGRAM = fileURLToPath(new URL('../../bin/hifigan.js', import.meta.url));
const available = new Map(MPI_IMPLEMENTATIONS.map((one) => [one, requireMpi(one).available]));

/** Starts two ranks that train a tiny model in a folder. */
function starter(implementation: RanksRun['implementation'], cwd: string) {
  return (
    options: readonly string[],
    onOutput?: RanksRun['onOutput'],
    env: Readonly<Record<string, string>> = {},
  ) =>
    runRanks({
      ...{ implementation, ranks: 2, cwd, onOutput },
      env: { NO_COLOR: '1', INIT_CWD: '', ...env },
      program: [PROGRAM, 'train', ...options, ...MEL_ONLY, '--set', 'batch_size=3'],
    });
}

/** The lines of progress, without the speed. */
const courseOf = (text: string) =>
  [...text.matchAll(/^(step \d+, epoch \d+: mel [\d.]+)/gm)].map(([, line]) => line);

async function weightsOf(path: string): Promise<number[]> {
  const { arrays } = readSafetensors(await readFile(path));
  return [...arrays.values()].flatMap(({ data }) => [...(data as Float32Array)]);
}

for (const implementation of MPI_IMPLEMENTATIONS) {
  describe.skipIf(!available.get(implementation))(
    `train on two ranks of ${implementation.name}`,
    () => {
      const stdout = ['--stdout_interval', '1'];

      test('takes the course of one process, and either goes on with the other’s', async () => {
        await inTrainWorkshop(async (train, folder) => {
          const ranks = starter(implementation, folder);
          const batch = ['--set', 'batch_size=3'];
          const until = (steps: number, out: string) => [
            ...[...BASE.slice(0, -1), out, ...stdout],
            ...['--max-steps', String(steps)],
          ];
          const alone = await train(...until(6, 'alone'), ...batch);
          const both = await ranks(until(4, 'both'));
          expect(both.code, both.stderr).toBe(0);
          expect(both.stdout.trim()).toBe(generatorOf(folder, 3, 'both'));
          expect(both.stderr).toMatch(/^2 ranks by .*, 1 or 2 of 3 clips each$/m);
          expect(both.stderr).toContain('dist_backend nccl and dist_url');
          // Rank 1 is silent.
          expect(both.stderr).not.toContain('rank 1:');
          expect(courseOf(both.stderr)).toEqual(courseOf(alone.stderr).slice(0, 4));
          const onOne = await train(...until(6, 'both'), ...batch);
          expect(courseOf(onOne.stderr)).toEqual(courseOf(alone.stderr).slice(4));

          await train(...until(2, 'one'), ...batch);
          const onBoth = await ranks(until(6, 'one'));
          expect(courseOf(onBoth.stderr)).toEqual(courseOf(alone.stderr).slice(2));
          const expected = await weightsOf(generatorOf(folder, 5, 'alone'));
          for (const run of ['both', 'one']) {
            const found = await weightsOf(generatorOf(folder, 5, run));
            const off = found.map((value, index) => Math.abs(value - expected[index]));
            const mean = off.reduce((sum, one) => sum + one, 0) / off.length;
            console.info(
              `${implementation.name}, ${run}: weights within ${mean.toExponential(1)} on average`,
            );
            expect(mean).toBeLessThan(1e-5);
          }
        });
      });

      test('saves and ends at one step for all, when the launcher passes a signal on', async () => {
        await inTrainWorkshop(async (train, folder) => {
          // Open MPI ends its ranks within two seconds of Ctrl-C, MPICH ends itself of SIGUSR2.
          const signal = implementation.name === 'Open MPI' ? 'SIGUSR2' : 'SIGINT';
          let sent = false;
          const { stderr } = await starter(implementation, folder)(
            [...BASE, ...stdout],
            (output, { pid }) => {
              if (sent || !output.includes('step 2,')) return;
              sent = true;
              process.kill(pid, signal);
            },
          );
          expect(stderr).toContain('all ranks finish this step, then rank 0 saves\n');
          const [, steps] = /interrupted after (\d+) steps; saved/.exec(stderr) ?? [];
          expect(existsSync(generatorOf(folder, Number(steps) - 1))).toBe(true);
          expect(await readdir(join(folder, 'run'))).not.toContain('run.lock');
          const again = await train(...BASE, '--max-steps', String(Number(steps) + 1));
          expect(again.stderr).toContain(`${steps} steps done`);
        });
      });

      test.skipIf(implementation.name !== 'Open MPI')(
        'goes on from a checkpoint after Ctrl-C, for which its launcher has little patience',
        async () => {
          await inTrainWorkshop(async (train, folder) => {
            let sent = false;
            const { stderr } = await starter(implementation, folder)(
              [...BASE, ...stdout, '--checkpoint_interval', '1'],
              (output, { pid }) => {
                if (sent || !output.includes('step 3,')) return;
                sent = true;
                process.kill(pid, 'SIGINT');
              },
            );
            expect(sent, stderr).toBe(true);
            const [, done] = /(\d+), epoch/.exec(courseOf(stderr).at(-1) ?? '') ?? [];
            const again = await train(
              ...[...BASE, '--max-steps', String(Number(done) + 3)],
              ...['--set', 'batch_size=3'],
            );
            expect(again.code, again.stderr).toBe(0);
            expect(again.stderr).toMatch(/goes on from .*: \d+ steps? done/);
          });
        },
      );

      test('ends all when one is killed, and the run goes on from its checkpoint', async () => {
        await inTrainWorkshop(async (train, folder) => {
          let killed = false;
          const pids = join(folder, 'pids.mjs');
          // Before anything else, each rank tells its number.
          await writeFile(pids, "process.stderr.write('rank of process ' + process.pid + '\\n');");
          const { code } = await starter(implementation, folder)(
            [...BASE, ...stdout, '--checkpoint_interval', '1'],
            (output) => {
              if (killed || !output.includes('step 3,')) return;
              killed = true;
              const numbers = [...output.matchAll(/rank of process (\d+)/g)];
              process.kill(Number(numbers.at(-1)?.[1]), 'SIGKILL');
            },
            { NODE_OPTIONS: `--import=${pids}` },
          );
          expect(killed).toBe(true);
          expect(code).not.toBe(0);
          // Open MPI's launcher may be gone a moment before its ranks are.
          const until = performance.now() + 60_000;
          let again = await train(...BASE, '--max-steps', '6');
          while (again.stderr.includes('trains here') && performance.now() < until) {
            await new Promise((done) => setTimeout(done, 500));
            again = await train(...BASE, '--max-steps', '6');
          }
          expect(again.code, again.stderr).toBe(0);
          expect(again.stderr).toMatch(/goes on from .*: \d steps? done/);
        });
      });

      test('ends all with the message of the one that failed', async () => {
        await inTrainWorkshop(async (_, folder) => {
          const path = join(folder, 'data', 'wavs', 'b.wav');
          const wav = await readFile(path);
          // Float samples that are no numbers: its header does not show it.
          const samples = Buffer.alloc(4 * 4000, 0xff);
          wav.writeUInt16LE(3, 20);
          wav.writeUInt32LE(4 * wav.readUInt32LE(24), 28);
          wav.writeUInt16LE(4, 32);
          wav.writeUInt16LE(32, 34);
          wav.writeUInt32LE(samples.length, 40);
          wav.writeUInt32LE(36 + samples.length, 4);
          await writeFile(path, Buffer.concat([wav.subarray(0, 44), samples]));
          const { code, stderr } = await starter(implementation, folder)([...BASE, ...stdout]);
          expect(code).not.toBe(0);
          expect(stderr).toMatch(/^(rank 1: )?error: .*b\.wav: sample 0 of channel 0 is NaN/m);
        });
      });

      test('losses that are no numbers are told once, with the clips', async () => {
        await inTrainWorkshop(async (_, folder) => {
          const { code, stderr } = await starter(
            implementation,
            folder,
          )([...[...BASE, '--set', 'learning_rate=1e30', '--max-steps', '9']]);
          expect(code).not.toBe(0);
          expect(stderr).toMatch(
            /^error: .* must be numbers, but are mel=NaN, gradients_generator=NaN; its clips of rank 0, 1 were/m,
          );
          expect(stderr).not.toContain('rank 1: error');
        });
      });

      test('refuses other numbers of processes than the configuration has GPUs', async () => {
        await inTrainWorkshop(async (train, folder) => {
          const gpus = ['--set', 'num_gpus=3'];
          const wanted =
            /num_gpus=3 × dist_config.world_size=1 must be (\d), .*mpirun -np 3 hifigan train/;
          const { code, stderr } = await starter(implementation, folder)([...BASE, ...gpus]);
          expect(code).not.toBe(0);
          expect(wanted.exec(stderr)?.[1]).toBe('2');
          expect(wanted.exec((await train(...BASE, ...gpus)).stderr)?.[1]).toBe('1');
        });
      });

      test('refuses ranks that learn from other lists or configurations than rank 0', async () => {
        await inTrainWorkshop(async (_, folder) => {
          await writeFile(join(folder, 'tiny.json'), JSON.stringify(tinyConfig));
          // A host whose file differs: here, a variable that only rank 1 sees differently.
          const seen = join(folder, 'other.mjs');
          await writeFile(
            seen,
            "if ((process.env.OMPI_COMM_WORLD_RANK ?? process.env.PMI_RANK) === '1') process.env.HIFIGAN_CONFIG = 'other.json';",
          );
          await writeFile(
            join(folder, 'other.json'),
            JSON.stringify({ ...tinyConfig, adam_b1: 0.7 }),
          );
          const { code, stderr } = await starter(implementation, folder)(
            ['data', '--out', 'run'],
            undefined,
            { NODE_OPTIONS: `--import=${seen}`, HIFIGAN_CONFIG: 'tiny.json' },
          );
          expect(code).not.toBe(0);
          expect(stderr).toContain('error: the configuration of rank 1: must be as on rank 0');
        });
      });
    },
  );
}

describe('what a launcher started, without what it needs', () => {
  const [openMpi, mpich] = MPI_IMPLEMENTATIONS;
  test.skipIf(!available.get(openMpi))('no library: says which and how to get it', async () => {
    await inTrainWorkshop(async (_, folder) => {
      const env = { HIFIGAN_MPI_LIBRARY: '/nowhere/libmpi.so' };
      const { code, stderr } = await starter(openMpi, folder)([...BASE], undefined, env);
      expect(code).not.toBe(0);
      expect(stderr).toMatch(
        /^error: HIFIGAN_MPI_LIBRARY=\/nowhere\/libmpi\.so: must be a library of Open MPI or MPICH/m,
      );
    });
  });

  test.skipIf(!available.get(openMpi) || !available.get(mpich))(
    'the library of another MPI, with which each rank would be alone',
    async () => {
      await inTrainWorkshop(async (_, folder) => {
        const env = { HIFIGAN_MPI_LIBRARY: 'libmpich.so.12' };
        const { code, stderr } = await starter(openMpi, folder)([...BASE], undefined, env);
        expect(code).not.toBe(0);
        expect(stderr).toMatch(
          /^error: MPICH .*: is rank 0 of 1, where mpirun of Open MPI started rank 0 of 2/m,
        );
      });
    },
  );
});
