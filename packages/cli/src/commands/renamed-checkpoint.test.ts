import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors, writeSafetensors } from '@hifigan/checkpoint';
import { expect, test } from 'vitest';
import { runMain } from '../testing/run-main.js';
import { BASE, inTrainWorkshop } from '../testing/train.js';

/**
 * A folder in which `train` has left `run` with a checkpoint of each of two steps, and files of them under other names.
 */
const inTrained = (
  work: (
    hifigan: (...argv: string[]) => ReturnType<typeof runMain>,
    folder: string,
  ) => Promise<void>,
) =>
  inTrainWorkshop(async (train, folder) => {
    const trained = await train(...BASE, '--max-steps', '3', '--checkpoint_interval', '1');
    expect(trained.code).toBe(0);
    await mkdir(join(folder, 'kept'));
    await copyFile(join(folder, 'run', 'config.json'), join(folder, 'kept', 'config.json'));
    const keep = (from: string, to: string) =>
      copyFile(join(folder, 'run', `${from}.safetensors`), join(folder, 'kept', to));
    await keep('g_00000001', 'the first');
    await keep('g_00000002', 'best.weights');
    await keep('do_00000002', 'rest');
    await work((...argv) => runMain(argv, { cwd: folder }), folder);
  });

const speak = (checkpoint: string, ...more: string[]) => [
  'synth',
  'data/wavs/a.wav',
  '-o',
  '-',
  '--backend',
  'cpu',
  '--checkpoint',
  checkpoint,
  ...more,
];

test('what train writes says what it is, for whom, and after how many steps, under any name', () =>
  inTrained(async (hifigan) => {
    const info = async (path: string) => JSON.parse((await hifigan('info', path, '--json')).stdout);
    const metadata = (format: string, use: RegExp) =>
      expect.objectContaining({ format, version: '1', use: expect.stringMatching(use) });
    expect(await info('kept/best.weights')).toMatchObject({
      kind: 'weights',
      network: 'generator',
      steps: 3,
      metadata: metadata('hifigan-generator', /synth --checkpoint.*--init-from/),
    });
    expect(await info('kept/rest')).toMatchObject({
      kind: 'weights',
      network: 'training state',
      steps: 3,
      metadata: metadata('hifigan-training', /--resume/),
    });
    const text = (await hifigan('info', 'kept/best.weights')).stdout;
    expect(text).toMatch(/^steps +3 done, the last is number 2$/m);
    expect(await info('kept')).toMatchObject({
      checkpoint: join('kept', 'best.weights'),
      steps: 3,
    });
  }));

test('synth, pack and train take a generator by its contents', () =>
  inTrained(async (hifigan, folder) => {
    const wanted = (await hifigan(...speak('run'))).bytes;
    expect(wanted.length).toBeGreaterThan(44);
    for (const given of ['kept/best.weights', 'kept']) {
      const run = await hifigan(...speak(given));
      expect(run.stderr).toContain(`by ${join('kept', 'best.weights')} on cpu`);
      expect(Buffer.compare(run.bytes, wanted)).toBe(0);
    }
    const first = await hifigan(...speak('kept/the first'));
    expect(first.code).toBe(0);
    expect(Buffer.compare(first.bytes, wanted)).not.toBe(0);
    const packed = await hifigan('pack', 'kept/the first', '-o', 'bundle', '--json');
    expect(JSON.parse(packed.stdout).card).toMatchObject({ steps: 2 });
    const begun = await hifigan(
      ...['train', 'data', '--config', 'tiny.json', '--out', 'more', '--backend', 'cpu'],
      ...['--adversarial-start', '9', '--max-steps', '1', '--init-from', 'kept/the first'],
    );
    expect(begun.code).toBe(0);
    expect(await readdir(join(folder, 'more'))).toContain('g_00000000.safetensors');
  }));

test('of several generators it is said which one is taken, or to choose', () =>
  inTrained(async (hifigan, folder) => {
    const { stderr } = await hifigan(...speak('kept'));
    expect(stderr).toContain(
      'note: kept: has 2 generators (best.weights, the first); takes best.weights, which has most steps; name the file itself to choose\n',
    );
    await copyFile(join(folder, 'kept', 'best.weights'), join(folder, 'kept', 'another'));
    const doubtful = await hifigan(...speak('kept'));
    expect(doubtful).toMatchObject({ code: 1, stdout: '' });
    expect(doubtful.stderr).toMatch(
      /^error: kept: has 3 generators \(another, best\.weights, the first\) and nothing tells which is meant; name/m,
    );
    // The latest of a run is what the folder of a run means.
    expect((await hifigan(...speak('run'))).stderr).not.toMatch(/choose|generators/);
    await hifigan('pack', 'kept/the first', '-o', 'bundle');
    expect((await hifigan(...speak('bundle'))).stderr).not.toMatch(/choose/);
    await copyFile(
      join(folder, 'run', 'g_00000002.safetensors'),
      join(folder, 'bundle', 'g_00000002.safetensors'),
    );
    expect((await hifigan(...speak('bundle'))).stderr).toContain(
      'note: bundle: takes generator.safetensors and not g_00000002.safetensors beside it; name the file itself to choose\n',
    );
  }));

test('the wrong half is named for what it is, with what to give instead', () =>
  inTrained(async (hifigan) => {
    const told =
      /^error: kept\/rest: must be a generator, but is the training state after step 2 \(.*\); give g_00000002\.safetensors, which train wrote beside it\n$/m;
    const spoken = await hifigan(...speak('kept/rest'));
    expect(spoken).toMatchObject({ code: 1, stdout: '' });
    expect(spoken.stderr).toMatch(told);
    const begun = await hifigan(...['train', ...BASE, '--init-from', 'kept/rest']);
    expect(begun).toMatchObject({ code: 1, stdout: '' });
    expect(begun.stderr).toMatch(told);
  }));

test('files that say nothing of themselves, as older ones, are told by their arrays', () =>
  inTrained(async (hifigan, folder) => {
    const forget = async (name: string) => {
      const path = join(folder, 'kept', name);
      await writeFile(path, writeSafetensors(readSafetensors(await readFile(path)).arrays));
    };
    await forget('best.weights');
    await forget('rest');
    await rm(join(folder, 'kept', 'the first'));
    expect((await hifigan(...speak('kept/best.weights'))).code).toBe(0);
    expect((await hifigan(...speak('kept'))).code).toBe(0);
    expect((await hifigan(...speak('kept/rest'))).stderr).toMatch(
      /kept\/rest: must be a generator, .*; give the g_… file of the same number/,
    );
    const discriminator = { shape: [1], data: new Float32Array(1) };
    const alone = new Map([['mpd.discriminators.0.convs.0.bias', discriminator]]);
    await writeFile(join(folder, 'kept', 'rest'), writeSafetensors(alone));
    expect((await hifigan(...speak('kept/rest'))).stderr).toMatch(
      /must be a generator, but holds discriminators alone; give the file of the generator/,
    );
  }));

test('a run whose files lost their ending is not taken for the reference’s', () =>
  inTrained(async (hifigan, folder) => {
    for (const name of await readdir(join(folder, 'run'))) {
      const path = join(folder, 'run', name);
      if (name.endsWith('.safetensors')) await rename(path, path.replace('.safetensors', ''));
    }
    expect((await hifigan(...speak('run'))).stderr).toContain(join('run', 'g_00000002'));
    const again = await hifigan('train', ...BASE, '--backend', 'cpu');
    expect(again).toMatchObject({ code: 1, stdout: '' });
    expect(again.stderr).toMatch(/g_00000002 must end in \.safetensors, .* give them that ending/);
  }));
