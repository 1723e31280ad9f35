import { appendFileSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  readSafetensors,
  readTorch,
  type TorchValue,
  writeSafetensors,
  writeTorch,
} from '@hifigan/checkpoint';
import { describe, expect, it } from 'vitest';
import { writeTarget } from '../convert/target-place.js';
import type { PlannedFiles } from '../convert/targets.js';
import { trainingFiles } from '../convert/training-files.js';
import { SourceFiles } from '../files/source-files.js';
import { locateCheckpoint } from '../model/locate-checkpoint.js';
import { quietContext } from '../testing/context.js';
import { runMain } from '../testing/run-main.js';
import { inSynthWorkshop } from '../testing/synth.js';
import { trainingOf } from '../testing/training.js';

describe('hifigan convert --training', () => {
  it('turns a checkpoint of a run into the pair that the reference goes on from', () =>
    inSynthWorkshop(async (cwd) => {
      const hifigan = (...argv: string[]) => runMain(argv, { cwd });
      const alone = await hifigan('convert', 'run', 'torch/g_00000100', '--training');
      expect(alone.stderr).toMatch(/run\/g_00000100\.safetensors: has no do_00000100\.safetensors/);
      const training = await writeTraining(cwd);
      const run = await hifigan('convert', 'run', 'torch/g_00000100', '--training');
      expect(run.code, run.stderr).toBe(0);
      const names = ['config.json', 'do_00000100', 'g_00000100'];
      expect((await readdir(join(cwd, 'torch'))).sort()).toEqual(names);
      const bytes = await readFile(join(cwd, 'torch', 'do_00000100'));
      // A pickle: what PyTorch 1.4 reads, which the reference pins.
      expect([...bytes.subarray(0, 2)]).toEqual([0x80, 2]);
      const value = readTorch(bytes);
      const at = (...path: readonly (string | number)[]) =>
        path.reduce<TorchValue | undefined>(
          (inner, key) => (inner instanceof Map ? inner.get(key) : undefined),
          value,
        );
      expect(at('steps')).toBe(100);
      expect(at('optim_g', 'state', 0, 'step')).toMatchObject({ data: Float32Array.of(101) });
      expect(at('optim_d', 'state', 1, 'exp_avg')).toEqual(
        training.arrays.get('optim_d.exp_avg.mpd.bias'),
      );
      const zip = await hifigan(
        ...['convert', 'run', 'zip/g_00000100', '--training', '--to', 'torch'],
      );
      expect(zip.code, zip.stderr).toBe(0);
      const packed = await readFile(join(cwd, 'zip', 'do_00000100'));
      expect(packed.subarray(0, 4).toString('latin1')).toBe('PK\x03\x04');
      expect(readTorch(packed)).toEqual(value);
      const otherwise = await hifigan('convert', 'run', 'torch/g_00000005', '--training');
      expect(otherwise.stderr).toMatch(/g_00000005: must be g_00000100/);
      // And back, to the same bits.
      const back = await hifigan(
        'convert',
        'torch/g_00000100',
        'ours/g_00000100.safetensors',
        '--training',
      );
      expect(back.code, back.stderr).toBe(0);
      const ours = ['config.json', 'do_00000100.safetensors', 'g_00000100.safetensors'];
      expect((await readdir(join(cwd, 'ours'))).sort()).toEqual(ours);
      const again = readSafetensors(await readFile(join(cwd, 'ours', ours[1])));
      expect(again.metadata).toEqual(training.metadata);
      expect(new Map([...again.arrays].sort())).toEqual(new Map([...training.arrays].sort()));
      const generators = ['run', 'ours'].map((name) => join(cwd, name, ours[2]));
      const [one, other] = await Promise.all(generators.map((path) => readFile(path)));
      expect(readSafetensors(other).arrays).toEqual(readSafetensors(one).arrays);
      // What the reference was set to and the configuration is not, is told.
      const group = at('optim_g', 'param_groups');
      ((group as TorchValue[])[0] as Map<string, TorchValue>).set('betas', [0.5, 0.9]);
      await writeFile(join(cwd, 'torch', 'do_00000100'), writeTorch(value));
      const command = ['convert', 'torch/g_00000100', 'ours/g_00000100.safetensors', '--training'];
      const there = await hifigan(...command);
      expect(there.stderr).toMatch(/do_00000100\.safetensors: exists already/);
      const told = await hifigan(...command, '--force');
      expect(told.code, told.stderr).toBe(0);
      expect(told.stderr).toMatch(
        /do_00000100: optim_g: betas=0\.5, 0\.9, where adam_b1, adam_b2 /,
      );
      expect((await hifigan('convert', 'run', 'voice', '--training')).code).toBe(2);
    }));

  it('tells what is not read as it was written, options of the optimizers too', () =>
    inSynthWorkshop(async (cwd) => {
      await writeTraining(cwd);
      const context = quietContext(cwd);
      const run = await locateCheckpoint(context, 'run');
      const there = { name: 'g_00000100', target: 'torch' } as const;
      const torch = await trainingFiles(context, run, there);
      const at = (folder: string) => (name: string) => join(cwd, folder, name);
      await writeAll(at('torch'), torch);
      await expect(torch.check(at('torch'))).resolves.toBeUndefined();
      const path = at('torch')('do_00000100');
      const right = await readFile(path);
      const spoilt = async (where: readonly (string | number)[], value: TorchValue) => {
        const tree = readTorch(right);
        const parent = where.slice(0, -1).reduce<TorchValue | undefined>(childOf, tree);
        (parent as Map<string | number, TorchValue>).set(where[where.length - 1], value);
        await writeFile(path, writeTorch(tree));
        return torch.check(at('torch')).catch((error: Error) => error.message);
      };
      const group = (name: string) => [name, 'param_groups', 0] as const;
      const begins = 'convert: do_00000100 must be read as it was written, but';
      for (const [where, value, told] of [
        [[...group('optim_g'), 'lr'], 1, 'optim_g.param_groups.0.lr is 1, not 0.000199'],
        [[...group('optim_d'), 'betas'], [0.8, 0.99], 'optim_d.param_groups.0.betas is another'],
        [[...group('optim_d'), 'weight_decay'], 0, 'optim_d.param_groups.0.weight_decay is 0'],
        [
          ['optim_g', 'state', 3, 'step'],
          { shape: [], data: Float32Array.of(100) },
          'optim_g.state.3.step is another array',
        ],
        [['epoch'], 4, 'epoch is 4, not 3'],
        [['hifigan', 'next_batch'], '2', 'hifigan.next_batch is 2, not 1'],
      ] as [(string | number)[], TorchValue, string][]) {
        expect(await spoilt(where, value)).toContain(`${begins} ${told}`);
      }
      // And back: the text of the file besides its arrays.
      await writeFile(path, right);
      const pair = await locateCheckpoint(context, 'torch/g_00000100');
      const back = { name: 'g_00000100.safetensors', target: 'safetensors' } as const;
      const ours = await trainingFiles(context, pair, back);
      await writeAll(at('ours'), ours);
      await expect(ours.check(at('ours'))).resolves.toBeUndefined();
      for (const [name, key, told] of [
        ['do_00000100.safetensors', 'optim_g_updates', 'optim_g_updates is 1, not 101'],
        ['g_00000100.safetensors', 'steps', 'steps is 1, not 100'],
      ]) {
        const file = at('ours')(name);
        const before = await readFile(file);
        const { arrays, metadata } = readSafetensors(before);
        await writeFile(file, writeSafetensors(arrays, { ...metadata, [key]: '1' }));
        await expect(ours.check(at('ours'))).rejects.toThrow(`but ${told}`);
        await writeFile(file, before);
      }
    }));

  it.each([
    ['run', 'g_00000100', 'torch'],
    ['torch/g_00000100', 'g_00000100.safetensors', 'safetensors'],
  ] as const)(
    'tells what differs in what %s was made into, and leaves nothing',
    (from, name, target) =>
      inSynthWorkshop(async (cwd) => {
        await writeTraining(cwd);
        const there = ['convert', 'run', 'torch/g_00000100', '--training'];
        expect(await runMain(there, { cwd })).toMatchObject({ code: 0 });
        const sources = new SourceFiles();
        const reading = { ...quietContext(cwd), sources };
        const before = await readdir(cwd);
        const run = sources.blamed(async () => {
          const located = await locateCheckpoint(reading, from);
          const planned = await trainingFiles(reading, located, { name, target });
          // The generator's file in place of the training's.
          const { bytes } = (await trainingFiles(reading, located, { name, target })).files[2];
          const files = [{ ...planned.files[0], bytes }, ...planned.files.slice(1)];
          await writeTarget(
            reading,
            { ...planned, files },
            { target, out: `out/${name}`, force: false },
          );
        });
        await expect(run).rejects.toThrow(/^convert: do_\S+ must be read as it was written, but /);
        expect(await readdir(join(cwd, 'out'))).toEqual([]);
        expect(await readdir(cwd)).toEqual([...before, 'out'].sort());
      }),
  );

  it('tells a file that changes before its arrays are read, and writes nothing', () =>
    inSynthWorkshop(async (cwd) => {
      await writeTraining(cwd);
      const there = ['convert', 'run', 'torch/g_00000100', '--training'];
      expect(await runMain(there, { cwd })).toMatchObject({ code: 0 });
      const path = join(cwd, 'torch', 'do_00000100');
      const value = readTorch(await readFile(path));
      const group = ['optim_g', 'param_groups', 0].reduce<TorchValue | undefined>(childOf, value);
      (group as Map<string, TorchValue>).set('eps', 1e-5);
      await writeFile(path, writeTorch(value));
      const back = ['convert', 'torch/g_00000100', 'ours/g_00000100.safetensors', '--training'];
      const heard = (text: string) => {
        if (text.includes('eps=')) appendFileSync(path, 'more');
      };
      const run = await runMain(back, { cwd, heard });
      expect(run).toMatchObject({ code: 1, stdout: '' });
      expect(run.stderr).toMatch(/do_00000100: changed while it was read/);
      expect(await readdir(cwd)).not.toContain('g_00000100.safetensors');
      expect(await readdir(join(cwd, 'ours')).catch(() => [])).toEqual([]);
    }));
});

/** Beside the run's last generator, the other half of its checkpoint. */
async function writeTraining(cwd: string) {
  const training = await trainingOf(join(cwd, 'run', 'g_00000100.safetensors'));
  const path = join(cwd, 'run', 'do_00000100.safetensors');
  await writeFile(path, writeSafetensors(training.arrays, training.metadata));
  return training;
}

async function writeAll(at: (name: string) => string, { files }: PlannedFiles): Promise<void> {
  for (const { name, bytes } of files) {
    await mkdir(dirname(at(name)), { recursive: true });
    await writeFile(at(name), bytes);
  }
}

function childOf(tree: TorchValue | undefined, key: string | number): TorchValue | undefined {
  if (Array.isArray(tree)) return tree[key as number];
  return tree instanceof Map ? tree.get(key) : undefined;
}
