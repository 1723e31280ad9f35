import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNpy } from '@hifigan/checkpoint';
import { presets } from '@hifigan/config';
import { tinyConfig } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { parameterCount } from '../model/parameter-count.js';
import { inFolder, runMain } from '../testing.js';
import { writeTone } from '../testing-audio.js';
import { writeRun } from '../testing-model.js';

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
      await writeFile(join(cwd, 'g_1'), Uint8Array.of(0x50, 0x4b, 3, 4));
      expect((await info('g_1')).text).toMatch(/torch checkpoint\n.*\nnote .*save_file/);
    }));

  it('names what it does not know or cannot read', () =>
    inFolder(async (cwd) => {
      const info = async (path: string) => {
        const run = await runMain(['info', path], { cwd });
        expect(run).toMatchObject({ code: 1, stdout: '' });
        return run.stderr;
      };
      await writeFile(join(cwd, 'x.txt'), 'hello');
      expect(await info('x.txt')).toMatch(/x\.txt: is neither a WAV file/);
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
    const counts = Object.values(presets).map(parameterCount);
    expect(counts).toEqual([13_926_017, 925_985, 1_462_273]);
  });
});
