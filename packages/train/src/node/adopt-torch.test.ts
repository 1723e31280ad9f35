import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type NamedArray, OrderedDict, readSafetensors, writeTorch } from '@hifigan/checkpoint';
import { expect, test } from 'vitest';
import { inFolder } from '../testing/in-folder.js';
import { adoptTorchCheckpoint, findTorchCheckpoint, progressOfTorch } from './adopt-torch.js';
import { RunFolder } from './run-folder.js';

const bias: NamedArray = { shape: [2], data: Float32Array.of(1, 2) };
const network = () => new OrderedDict([['conv.bias', bias]]);
const optimizer = (parameters: number) =>
  new Map<string, never>([
    ['state', new Map() as never],
    [
      'param_groups',
      [new Map([['params', Array.from({ length: parameters }, (_, i) => i)]])] as never,
    ],
  ]);

async function savePair(folder: string, number: string): Promise<void> {
  const training = new Map<string, never>([
    ['mpd', network() as never],
    ['msd', network() as never],
    ['optim_g', optimizer(1) as never],
    ['optim_d', optimizer(2) as never],
    ['steps', Number(number) as never],
    ['epoch', 3 as never],
  ]);
  await writeFile(join(folder, `g_${number}`), writeTorch(new Map([['generator', network()]])));
  await writeFile(join(folder, `do_${number}`), writeTorch(training));
}

test('the newest pair of the reference is taken over, once, and stays', async () => {
  await inFolder(async (folder) => {
    await savePair(folder, '00000500');
    await savePair(folder, '00001000');
    await writeFile(join(folder, 'do_00002000'), 'half of a pair');
    const found = await findTorchCheckpoint(folder);
    expect(found?.number).toBe(1000);
    expect(await progressOfTorch(found!)).toEqual({ steps: 1001, epoch: 3 });
    const lines: string[] = [];
    await adoptTorchCheckpoint(found!, { seed: 7, line: (text) => lines.push(text) });
    expect(lines).toEqual([expect.stringMatching(/^takes over .*g_00001000 and .*do_00001000/)]);
    expect(await findTorchCheckpoint(folder)).toBeUndefined();
    const training = join(folder, 'do_00001000.safetensors');
    const { metadata } = readSafetensors(await readFile(training), training);
    expect(metadata).toMatchObject({ steps: '1000', next_epoch: '3', next_batch: '0', seed: '7' });
    // A lone half that is newer is still what nobody can go on from.
    await expect(RunFolder.open(folder)).rejects.toThrow(/do_00002000 must not be there/);
    expect(await readdir(folder)).toContain('g_00001000');
  });
});

test('a folder where the run has gone on from it opens', async () => {
  await inFolder(async (folder) => {
    await savePair(folder, '00001000');
    await adoptTorchCheckpoint((await findTorchCheckpoint(folder))!, { seed: 7, line: () => {} });
    const run = await RunFolder.open(folder);
    expect((await run.latest())?.number).toBe(1000);
  });
});

test('files that PyTorch did not write are none', async () => {
  await inFolder(async (folder) => {
    await writeFile(join(folder, 'g_00000005'), 'x');
    await writeFile(join(folder, 'do_00000005'), 'x');
    expect(await findTorchCheckpoint(folder)).toBeUndefined();
  });
});
