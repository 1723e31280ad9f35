import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors, writeNpy, writeSafetensors } from '@hifigan/checkpoint';
import { presets } from '@hifigan/config';
import { tinyConfig } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { parameterCount } from '../model/parameter-count.js';
import { writeTone } from '../testing/audio.js';
import { writeRun } from '../testing/model.js';
import { inFolder, runMain } from '../testing/run-main.js';

describe('hifigan info', () => {
  it('says what things are', () =>
    inFolder(async (cwd) => {
      const info = async (path: string) => {
        const json = await runMain(['info', path, '--json'], { cwd });
        expect(json).toMatchObject({ code: 0, stderr: '' });
        const text = await runMain(['info', path], { cwd });
        return { ...JSON.parse(json.stdout), text: text.stdout };
      };
      await writeTone(cwd, 'a.wav', { channels: 2, samplingRate: 16000 });
      expect(await info('a.wav')).toMatchObject({
        kind: 'recording',
        samplingRate: 16000,
        channels: 2,
        format: 'pcm16',
        samples: 16000,
        seconds: 1,
      });
      expect((await info('a.wav')).text).toMatch(
        /^a\.wav: recording\nlength {4}1\.0 s, 16,000 samples\n.*\n.*\n.*\npeak {6}-6\.0 dB\nloudness {2}-9\.0 dB/,
      );
      await writeFile(
        join(cwd, 'm.npy'),
        writeNpy({ shape: [172, 80], data: new Float32Array(172 * 80).fill(-3) }),
      );
      expect(await info('m.npy')).toMatchObject({
        kind: 'array',
        shape: [172, 80],
        type: 'float32',
        low: -3,
        high: -3,
      });
      expect((await info('m.npy')).text).toMatch(/are the axes swapped\?/);
      await writeFile(join(cwd, 'c.json'), JSON.stringify({ ...presets.v2, extra: 1 }));
      expect(await info('c.json')).toMatchObject({
        kind: 'configuration',
        preset: 'v2',
        parameters: 925985,
        unknownKeys: ['extra'],
      });
      await writeRun(join(cwd, 'run'), [3, 20]);
      expect(await info('run')).toMatchObject({
        kind: 'training run',
        checkpoint: join('run', 'g_00000020.safetensors'),
        steps: 21,
        weights: { network: 'generator', weightNorm: true },
        config: { parameters: parameterCount(tinyConfig) },
      });
      expect(await info('run/g_00000003.safetensors')).toMatchObject({
        kind: 'weights',
        network: 'generator',
      });
      await runMain(['pack', 'run', '-o', 'bundle', '--name', 'tiny'], { cwd });
      expect(await info('bundle')).toMatchObject({
        kind: 'bundle',
        card: { name: 'tiny', steps: 21 },
        weights: { weightNorm: false, values: parameterCount(tinyConfig) },
      });
      await mkdir(join(cwd, 'bare'));
      await writeFile(join(cwd, 'bare', 'g_1'), `PK\x03\x04${'\0'.repeat(22)}\x0a\0\0\0g/data.pkl`);
      const damaged = await runMain(['info', 'bare/g_1'], { cwd });
      expect(damaged).toMatchObject({ code: 1, stdout: '' });
      expect(damaged.stderr).toMatch(/bare\/g_1: not a readable PyTorch file: .*copy or download/);
      expect(await info('bundle/card.json')).toMatchObject({
        kind: 'card of a bundle',
        name: 'tiny',
      });
      await mkdir(join(cwd, 'in'));
      await writeTone(cwd, 'in/a.wav');
      await writeTone(cwd, 'in/b.wav', { frequency: 300 });
      await runMain(['prepare', 'in', '-o', 'data'], { cwd });
      const report = await info('data/report.json');
      expect(report).toMatchObject({ kind: 'data set', training: { recordings: 1 } });
      expect(report.text.split('\n').slice(1)).toEqual(
        (await info('data')).text.split('\n').slice(1),
      );
    }));

  it('counts the steps that were done, as training does', () =>
    inFolder(async (cwd) => {
      await writeRun(cwd, [4]);
      const path = join(cwd, 'g_00000004.safetensors');
      // As the trainer writes: the index of the last step.
      await writeFile(
        path,
        writeSafetensors(readSafetensors(await readFile(path)).arrays, { steps: '4' }),
      );
      const run = await runMain(['info', '.', '--json'], { cwd });
      expect(JSON.parse(run.stdout)).toMatchObject({ steps: 5 });
      const text = await runMain(['info', '.'], { cwd });
      expect(text.stdout).toMatch(/^steps +5 done, the last is number 4$/m);
    }));

  it('shows the steps of others as they are', () =>
    inFolder(async (cwd) => {
      await writeRun(cwd, [4]);
      const bytes = await readFile(join(cwd, 'g_00000004.safetensors'));
      const { arrays } = readSafetensors(bytes);
      for (const steps of ['10k', '100']) {
        await writeFile(join(cwd, 'theirs.safetensors'), writeSafetensors(arrays, { steps }));
        const { stdout } = await runMain(['info', 'theirs.safetensors'], { cwd });
        expect(stdout).toMatch(new RegExp(`^steps +${steps}$`, 'm'));
      }
    }));

  it('tells weights that are not of the configuration beside them', () =>
    inFolder(async (cwd) => {
      await writeRun(cwd, [4]);
      const file = 'g_00000004.safetensors';
      expect((await runMain(['info', file], { cwd })).stdout).not.toContain('does not fit');
      await writeFile(join(cwd, 'config.json'), JSON.stringify({ ...presets.v3 }));
      for (const path of [file, '.']) {
        const { stdout } = await runMain(['info', path], { cwd });
        expect(stdout).toMatch(/^does not fit .*num_mels/m);
        const json = JSON.parse((await runMain(['info', path, '--json'], { cwd })).stdout);
        expect(json.misfit).toContain('num_mels');
      }
    }));

  it('names what a run has recorded, and what shows it', () =>
    inFolder(async (cwd) => {
      await writeRun(join(cwd, 'run'), [4]);
      expect((await runMain(['info', 'run'], { cwd })).stdout).not.toMatch(/^logs/m);
      await writeFile(join(cwd, 'run', 'log.ndjson'), '');
      await mkdir(join(cwd, 'run', 'logs'));
      await writeFile(join(cwd, 'run', 'logs', 'events.out.tfevents.1.h.1.0'), '');
      const text = await runMain(['info', 'run'], { cwd });
      expect(text.stdout).toMatch(
        /^logs +run\/log\.ndjson \(hifigan report run\); 1 event file in run\/logs \(tensorboard --logdir run\/logs\)$/m,
      );
      const json = await runMain(['info', 'run', '--json'], { cwd });
      expect(JSON.parse(json.stdout)).toMatchObject({ logs: ['run/log.ndjson', 'run/logs'] });
    }));

  it('tells the other half of a checkpoint and the log', () =>
    inFolder(async (cwd) => {
      const array = { shape: [1], data: new Float32Array(1) };
      const half = new Map([
        ['mpd.discriminators.0.convs.0.bias', array],
        ['optim_d.exp_avg.x', array],
      ]);
      await writeFile(join(cwd, 'do_1.safetensors'), writeSafetensors(half));
      const text = await runMain(['info', 'do_1.safetensors'], { cwd });
      expect(text.stdout).toMatch(
        /^network +none: optimizers and, .* the generator is in the g_…/m,
      );
      const records = [
        { step: -1, validation_mel_spec_error: 5 },
        { step: 0, mel_spec_error: 4.5 },
        { step: 4, validation_mel_spec_error: 3.25 },
      ].map((record) => JSON.stringify(record));
      await writeFile(join(cwd, 'log.ndjson'), `${records.join('\n')}\n{"st`);
      const log = await runMain(['info', 'log.ndjson'], { cwd });
      expect(log.stdout).toBe(
        'log.ndjson: training log\nrecords     3\nmel error   4.5000 after 1 step\nvalidation  mel error 3.2500 after 5 steps\n',
      );
    }));

  it('counts what is not finite in an array, and measures the rest', () =>
    inFolder(async (cwd) => {
      const info = async (name: string, shape: number[], ...values: number[]) => {
        const size = shape.reduce((product, length) => product * length, 1);
        const data = Float32Array.from({ length: size }, (_, i) => values[i % values.length]);
        await writeFile(join(cwd, name), writeNpy({ shape, data }));
        const json = await runMain(['info', name, '--json'], { cwd });
        return {
          ...JSON.parse(json.stdout),
          text: (await runMain(['info', name], { cwd })).stdout,
        };
      };
      const nan = await info('a.npy', [80, 10], Number.NaN, -1, -2, Number.NEGATIVE_INFINITY);
      expect(nan).toMatchObject({ low: -2, high: -1, nan: 200, infinite: 200, notFinite: 400 });
      expect(nan.text.split('\n').slice(2, 5)).toEqual([
        'values      from -2.000 to -1.000, of those that are finite',
        'not finite  200 of 800 are NaN, 200 of 800 are infinite; no model can speak them',
        'as a mel    80 bands, 10 frames',
      ]);
      const all = await info('b.npy', [2, 3], Number.NaN);
      expect(all).not.toHaveProperty('low');
      expect(all.text).toMatch(/^values +none that are finite$/m);
      expect(all.text).not.toContain('natural log');
      expect((await info('c.npy', [10, 80], -3)).text).toMatch(/are the axes swapped/);
      expect((await info('d.npy', [80, 0], 1)).text).toMatch(/as a mel +no: it has no values/);
      expect((await info('s.npy', [80, 80], -3)).text).toMatch(/80 frames \(as many of each: /);
      expect((await info('e.npy', [6], 1)).text).toMatch(/as a mel +no: two axes are needed/);
    }));

  it('names what it does not know or cannot read', () =>
    inFolder(async (cwd) => {
      const info = async (path: string) => {
        const run = await runMain(['info', path], { cwd });
        expect(run).toMatchObject({ code: 1, stdout: '' });
        return run.stderr;
      };
      await writeFile(join(cwd, 'x.txt'), 'hello');
      await writeFile(join(cwd, 'x.zip'), Uint8Array.of(0x50, 0x4b, 3, 4));
      expect(await info('x.zip')).toMatch(
        /x\.zip: it is a zip file that PyTorch did not write, and/,
      );
      expect(await info('x.txt')).toMatch(/x\.txt: it is text, and neither a recording/);
      await writeFile(join(cwd, 'log.ndjson'), 'hello');
      expect(await info('log.ndjson')).toMatch(/log\.ndjson: has no records/);
      expect(await info('none')).toMatch(/none: cannot be read: there is no such file/);
      await writeTone(cwd, 'a.wav');
      await writeFile(join(cwd, 'cut.wav'), (await readFile(join(cwd, 'a.wav'))).subarray(0, 999));
      expect(await info('cut.wav')).toMatch(/cut\.wav: it is cut off/);
      await writeFile(join(cwd, 'bad.json'), '{"resblock": "1"');
      expect(await info('bad.json')).toMatch(/bad\.json: not valid JSON/);
    }));
});

describe('parameterCount', () => {
  it('is that of the published models', () => {
    const counts = [presets.v1, presets.v2, presets.v3].map(parameterCount);
    expect(counts).toEqual([13_926_017, 925_985, 1_462_273]);
  });
});
