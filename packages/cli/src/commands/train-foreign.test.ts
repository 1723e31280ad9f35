import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type NamedArrays, readSafetensors } from '@hifigan/checkpoint';
import { readConfig } from '@hifigan/config';
import { tinyConfig } from '@hifigan/testkit';
import { foldBundle } from '@hifigan/vocoder';
import { expect, test } from 'vitest';
import { runMain } from '../testing/run-main.js';
import { generatorOf, inTrainWorkshop } from '../testing/train.js';

/** transformers has no other residual block. A step must leave weights as they are. */
const config = {
  ...tinyConfig,
  resblock: '1',
  resblock_dilation_sizes: [[1, 2, 3]],
  batch_size: 1,
  learning_rate: 1e-9,
};

/** Weights of a generator, weight norm multiplied out. */
async function foldedAt(path: string): Promise<NamedArrays> {
  const { arrays } = readSafetensors(await readFile(path));
  const given = readConfig(JSON.stringify(config)).config;
  return (await foldBundle({ config: given, weights: arrays, notices: [] })).weights;
}

test('train --init-from takes generators of other programs, folders and files', () =>
  inTrainWorkshop(async (train, cwd) => {
    const hifigan = (...argv: string[]) => runMain(argv, { cwd });
    await writeFile(join(cwd, 'tiny.json'), JSON.stringify(config));
    const base = ['data', '--config', 'tiny.json', '--max-steps', '1'];
    const first = await train(...base, '--out', 'run');
    expect(first.code, first.stderr).toBe(0);
    const begun = generatorOf(cwd, Number((await lastGenerator(join(cwd, 'run'))).slice(2, 10)));
    for (const to of [['hf', '--to', 'transformers'], ['torch/g_00000000']]) {
      const run = await hifigan('convert', begun, ...to);
      expect(run.code, run.stderr).toBe(0);
    }
    // As people have it: a file alone, which the training's configuration must fit.
    await copyFile(join(cwd, 'torch', 'g_00000000'), join(cwd, 'alone.pth'));
    const wanted = await foldedAt(begun);
    const distance = async (out: string) => {
      const weights = await foldedAt(join(cwd, out, await lastGenerator(join(cwd, out))));
      let worst = 0;
      for (const [name, { data }] of wanted) {
        const taken = weights.get(name)!.data as Float32Array;
        for (const [at, value] of (data as Float32Array).entries()) {
          worst = Math.max(worst, Math.abs(value - taken[at]));
        }
      }
      return worst;
    };
    const other = [...base, '--set', 'seed=77'];
    expect((await train(...other, '--out', 'anew')).code).toBe(0);
    expect(await distance('anew')).toBeGreaterThan(1e-3);
    for (const [index, from] of ['hf', 'torch/g_00000000', 'torch', 'alone.pth'].entries()) {
      const out = `from-${index}`;
      const run = await train(...other, '--out', out, '--init-from', from);
      expect(run.code, run.stderr).toBe(0);
      expect(run.stderr).toMatch(/^weights of the generator from /m);
      expect(await distance(out), from).toBeLessThan(1e-6);
    }
  }));

async function lastGenerator(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.startsWith('g_')).sort();
  return names.at(-1)!;
}
