import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type NamedArray, OrderedDict, type TorchValue, writeTorch } from '@hifigan/checkpoint';
import { readConfig } from '@hifigan/config';
import { tinyConfig } from '@hifigan/testkit';
import { expect, test } from 'vitest';
import { inFolder } from '../testing/in-folder.js';
import { tinyRun } from '../testing/tiny-run.js';
import {
  findReferenceCheckpoint,
  openReferenceCheckpoint,
  progressOfReference,
  readState,
} from './reference-checkpoint.js';
import { RunFolder } from './run-folder.js';
import { runTraining } from './run-training.js';
import { surveyRun } from './survey-run.js';
import { PARTIAL } from './write-file.js';

const { config } = readConfig(JSON.stringify(tinyConfig), 'config');

const bias: NamedArray = { shape: [2], data: Float32Array.of(1, 2) };
const network = () => new OrderedDict([['conv.bias', bias]]);

/** `state_dict()` of an optimizer that has done nothing yet. */
function optimizer(parameters: number): TorchValue {
  const params = Array.from({ length: parameters }, (_, i) => i);
  return new Map<string, TorchValue>([
    ['state', new Map()],
    ['param_groups', [new Map([['params', params]])]],
  ]);
}

/** A pair as the reference saves it, of networks of one array. */
async function savePair(
  folder: string,
  number: string,
  steps = Number(number),
  ours?: Readonly<Record<string, string>>,
): Promise<void> {
  const training = new Map<string, TorchValue>([
    ['mpd', network()],
    ['msd', network()],
    ['optim_g', optimizer(1)],
    ['optim_d', optimizer(2)],
    ['steps', steps],
    ['epoch', 3],
    ...(ours ? [['hifigan', new Map(Object.entries(ours))] as const] : []),
  ]);
  await writeFile(join(folder, `g_${number}`), writeTorch(new Map([['generator', network()]])));
  await writeFile(join(folder, `do_${number}`), writeTorch(training));
}

test('the newest whole pair is found and read, and its place is the beginning of its epoch', async () => {
  await inFolder(async (folder) => {
    await savePair(folder, '00000500');
    await savePair(folder, '00001000');
    await writeFile(join(folder, 'do_00002000'), 'half of a pair');
    const found = (await findReferenceCheckpoint(folder))!;
    expect(found.number).toBe(1000);
    expect(await progressOfReference(found)).toEqual({
      ...{ steps: 1001, place: { epoch: 3, batch: 0 }, adversarialStart: 0 },
    });
    const opened = await openReferenceCheckpoint(found, config, { seed: 7 });
    expect(opened.differences).toEqual([]);
    const { generator, metadata } = await readState(opened.state);
    expect(generator.get('conv.bias')).toEqual(bias);
    expect(metadata).toMatchObject({
      ...{ steps: '1000', next_epoch: '3', next_batch: '0', seed: '7' },
    });
    // A lone half that is newer tells that something was lost.
    await expect(RunFolder.open(folder)).rejects.toThrow(
      /do_00002000 must not be there.* complete the pair/,
    );
  });
});

test('in the folder of a run whichever is newer counts, and nothing is changed', async () => {
  await inFolder(async (folder) => {
    await savePair(folder, '00001000');
    // An older lone half, as pruning leaves it, stands in no way.
    await writeFile(join(folder, 'g_00000900.safetensors'), '');
    const before = await readdir(folder);
    expect(await (await RunFolder.open(folder)).latest()).toMatchObject({
      ...{ number: 1000, training: join(folder, 'do_00001000') },
    });
    expect(await readdir(folder)).toEqual(before);
    for (const half of ['g', 'do']) {
      await writeFile(join(folder, `${half}_00001000.safetensors`), '');
    }
    const run = await RunFolder.open(folder);
    expect(run.reference).toBeUndefined();
    expect(await run.latest()).toMatchObject({
      ...{ number: 1000, training: join(folder, 'do_00001000.safetensors') },
    });
  });
});

test('ours that a kill left almost complete goes before an older pair', async () => {
  await inFolder(async (folder) => {
    await savePair(folder, '00001000');
    await writeFile(join(folder, 'do_00001001.safetensors'), '');
    await writeFile(join(folder, `g_00001001.safetensors${PARTIAL}`), '');
    const run = await RunFolder.open(folder);
    expect(run.reference).toBeUndefined();
    expect((await run.latest())?.number).toBe(1001);
  });
});

test('files that PyTorch did not write are no pair', async () => {
  await inFolder(async (folder) => {
    await writeFile(join(folder, 'g_00000005'), 'x');
    await writeFile(join(folder, 'do_00000005'), 'x');
    expect(await findReferenceCheckpoint(folder)).toBeUndefined();
    await expect(RunFolder.open(folder)).rejects.toThrow(/must not be there/);
  });
});

test.each<[string, (out: string) => Promise<unknown>, RegExp]>([
  [
    'another step than its name says',
    (out) => savePair(out, '00000010', 5),
    /do_00000010: steps=5 must be 10, because its name says so.*give both files/,
  ],
  [
    'a file that is cut off',
    async (out) => {
      const path = join(out, 'do_00000010');
      await writeFile(path, (await readFile(path)).subarray(0, -100));
    },
    /do_00000010: .*cut off/,
  ],
  ['another model', () => Promise.resolve(), /g_00000010: .*missing .*conv_pre\.bias/s],
  [
    'the configuration of another model',
    (out) =>
      writeFile(
        join(out, 'config.json'),
        JSON.stringify({ ...tinyConfig, upsample_initial_channel: 16 }),
      ),
    /upsample_initial_channel: 16 in the run, 8 now.*--init-from .*g_00000010/,
  ],
])('a run refuses %s, and leaves the folder as it was', async (_, change, message) => {
  await inFolder(async (folder) => {
    const { options } = await tinyRun(folder);
    const out = join(folder, 'cp_hifigan');
    await mkdir(out);
    await savePair(out, '00000010');
    await change(out);
    const before = await readdir(out);
    await expect(runTraining({ ...options, out })).rejects.toThrow(message);
    expect(await readdir(out)).toEqual(before);
  });
});

test('what this program wrote into a pair is known again', async () => {
  await inFolder(async (folder) => {
    const { options } = await tinyRun(folder);
    await savePair(folder, '00000010', 10, {
      ...{ next_epoch: '4', next_batch: '1', adversarial_start: '2', input_mels: 'files' },
    });
    expect(await surveyRun({ ...options, out: folder })).toMatchObject({
      from: { steps: 11, place: { epoch: 4, batch: 1 }, adversarialStart: 2 },
    });
    await expect(runTraining({ ...options, out: folder })).rejects.toThrow(
      /do_00000010: was trained on mels from files/,
    );
  });
});

test('a plan tells where a pair stands', async () => {
  await inFolder(async (folder) => {
    const { options } = await tinyRun(folder);
    await savePair(folder, '00000010');
    expect(await surveyRun({ ...options, out: folder })).toMatchObject({
      from: { steps: 11, place: { epoch: 3, batch: 0 }, checkpoint: { number: 10 } },
    });
  });
});
