import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readWav } from '@hifigan/audio';
import { expectClose, tinyConfig } from '@hifigan/testkit';
import { readBundle, Vocoder } from '@hifigan/vocoder';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { writeTone } from '../testing/audio.js';
import { inFolder, runMain } from '../testing/run-main.js';
import { inSynthWorkshop, readRecording } from '../testing/synth.js';

describe('hifigan synth', () => {
  it('speaks mels and recordings as the library does, from the latest checkpoint, on wasm', () =>
    inSynthWorkshop(async (cwd, audio) => {
      const run = await runMain(
        ['synth', 'a.npy', '-o', 'mel.wav', '--checkpoint', 'run', '--format', 'float32'],
        { cwd },
      );
      expect(run).toMatchObject({ code: 0, stdout: 'mel.wav\n' });
      expect(run.stderr).toMatch(
        /^1 file, 1\.0 s of speech in .* real time\) by run.g_00000100\.safetensors on wasm\n$/,
      );
      expect(tf.getBackend()).toBe('hifigan-wasm');
      await runMain(
        ['synth', 'a.wav', '-o', 'wav.wav', '--checkpoint', 'run', '--format', 'float32'],
        { cwd },
      );
      const fromMel = await readRecording(join(cwd, 'mel.wav'));
      expect(fromMel).toMatchObject({ samplingRate: 8000, format: 'float32' });
      expectClose((await readRecording(join(cwd, 'wav.wav'))).channels[0], fromMel.channels[0], {
        max: 1e-6,
      });
      await tf.setBackend('cpu');
      const vocoder = await Vocoder.load(
        readBundle({
          config: JSON.stringify(tinyConfig),
          generator: await readFile(join(cwd, 'run', 'g_00000100.safetensors')),
        }),
      );
      const expected = await vocoder.synthesize(vocoder.analyze(audio));
      vocoder.dispose();
      expect(expected).toHaveLength(125 * 64);
      expectClose(fromMel.channels[0], expected, { max: 1e-5 });
      const cpu = await runMain(
        [
          'synth',
          'a.npy',
          '-o',
          'cpu.wav',
          '--checkpoint',
          'run/g_00000100.safetensors',
          '--backend',
          'cpu',
          '--chunk-frames',
          '20',
          '--json',
        ],
        { cwd },
      );
      expect(JSON.parse(cpu.stdout)).toMatchObject({
        backend: 'cpu',
        files: [{ in: 'a.npy', out: 'cpu.wav', frames: 125, seconds: 1 }],
        failed: [],
      });
      const quantised = await readRecording(join(cwd, 'cpu.wav'));
      expect(quantised.format).toBe('pcm16');
      expectClose(quantised.channels[0], expected, { max: 1 / 32768 });
    }));

  it('speaks with the packaged voice where none is named', () =>
    inFolder(async (cwd) => {
      await writeTone(cwd, 'a.wav', { seconds: 0.2 });
      const run = await runMain(['synth', 'a.wav', '-o', 'b.wav'], { cwd });
      expect(run).toMatchObject({ code: 0, stdout: 'b.wav\n' });
      expect(run.stderr).toMatch(/by the packaged voice on wasm/);
    }));

  it('takes configurations as the other verbs do: a preset, a file, stdin', () =>
    inSynthWorkshop(async (cwd) => {
      const config = JSON.stringify(tinyConfig);
      await writeFile(join(cwd, 'tiny.json'), config);
      const weights = await readFile(join(cwd, 'run', 'g_00000100.safetensors'));
      await writeFile(join(cwd, 'alone.safetensors'), weights);
      const synth = async (given: string, checkpoint?: string) =>
        runMain(
          [
            ...['synth', 'a.npy', '-o', 'b.wav', '--force', '--config', given],
            ...(checkpoint ? ['--checkpoint', checkpoint] : []),
          ],
          { cwd, input: Buffer.from(config) },
        );
      for (const checkpoint of ['alone.safetensors', 'run']) {
        expect(await synth('tiny.json', checkpoint)).toMatchObject({ code: 0 });
        expect(await synth('-', checkpoint)).toMatchObject({ code: 0 });
        const preset = await synth('v3', checkpoint);
        expect(preset).toMatchObject({ code: 1, stdout: '' });
        expect(preset.stderr).toMatch(/^ {2}num_mels: 12 in the weights, 80 in the config/m);
        const typo = await synth('tiny.jsn', checkpoint);
        expect(typo).toMatchObject({ code: 1, stdout: '' });
        expect(typo.stderr).toMatch(
          /^error: \S*tiny\.jsn: cannot be read: there is no such file .*, or take a preset: v1, v2, v3, .*\n$/,
        );
      }
      await writeTone(cwd, 'c.wav', { seconds: 0.2 });
      const voice = await runMain(['synth', 'c.wav', '-o', 'd.wav', '-c', 'v2'], { cwd });
      expect(voice).toMatchObject({ code: 0, stdout: 'd.wav\n' });
      const run = await runMain(['mel', 'c.wav', '-o', 'd.npy', '-c', 'v4'], { cwd });
      expect(run.stderr).toMatch(
        /^error: v4: cannot be read: .*, or take a preset: v1, v2, v3, .*\n$/,
      );
    }));

  it('reads and writes pipes, refuses unknown backends and formats', () =>
    inSynthWorkshop(async (cwd) => {
      const input = await readFile(join(cwd, 'a.npy'));
      const run = await runMain(['synth', '-', '-o', '-', '--checkpoint', 'run'], { cwd, input });
      expect(run.code).toBe(0);
      expect(readWav(run.bytes).channels[0]).toHaveLength(8000);
      const synth = (...argv: string[]) =>
        runMain(['synth', 'a.npy', '-o', 'x.wav', '--checkpoint', 'run', ...argv], { cwd });
      expect((await synth('--backend', 'cuda')).stderr).toMatch(
        /It must be one of auto, wasm, cpu/,
      );
      expect(await synth('--backend', 'cuda')).toMatchObject({ code: 2 });
      expect(await synth('--format', 'mp3')).toMatchObject({ code: 2 });
      expect(await synth('--threads', '0')).toMatchObject({ code: 2 });
      const env = await runMain(['synth', 'a.npy', '-o', 'x.wav'], {
        cwd,
        env: { HIFIGAN_CHECKPOINT: 'run', HIFIGAN_BACKEND: 'none' },
      });
      expect(env).toMatchObject({ code: 2 });
      expect(env.stderr).toMatch(/HIFIGAN_BACKEND=none: It must be one of/);
      expect((await readdir(cwd)).sort()).toEqual(['a.npy', 'a.wav', 'run']);
    }));

  it("prefers the host's backend, and goes on to the next where it does not start", () =>
    inSynthWorkshop(async (cwd) => {
      const started: unknown[] = [];
      const broken = {
        name: 'native',
        description: '',
        available: async () => ({ ok: true }),
        activate: async (options: object) => {
          started.push(options);
          throw new Error('no library');
        },
      };
      const absent = {
        ...broken,
        name: 'absent',
        available: async () => ({ ok: false, reason: 'no driver' }),
      };
      const host = { cwd, backends: [absent, broken] };
      const run = await runMain(
        ['synth', 'a.npy', '-o', 'b.wav', '--checkpoint', 'run', '--threads', '2'],
        host,
      );
      expect(run.code).toBe(0);
      expect(started).toMatchObject([{ threads: 2 }]);
      expect(run.stderr.split('\n').slice(0, 2)).toEqual([
        'note: backend absent is not available: no driver; goes on with native',
        'note: backend native did not start: no library',
      ]);
      expect(run.stderr).toMatch(/on wasm/);
      const named = await runMain(
        ['synth', 'a.npy', '-o', 'c.wav', '--checkpoint', 'run', '--backend', 'absent'],
        host,
      );
      expect(named).toMatchObject({ code: 1 });
      expect(named.stderr).toMatch(/--backend absent: cannot run here: absent: no driver/);
    }));

  it('stops at Ctrl-C with what is finished', () =>
    inSynthWorkshop(async (cwd) => {
      await mkdir(join(cwd, 'in'));
      for (const name of ['a', 'b', 'c'])
        await writeTone(cwd, `in/${name}.wav`, { samplingRate: 8000, frequency: 300 });
      const controller = new AbortController();
      let calls = 0;
      // The clock is read a few times for each file.
      const now = () => {
        if (existsSync(join(cwd, 'out', 'a.wav'))) controller.abort();
        return calls++;
      };
      const run = await runMain(['synth', 'in', '-o', 'out', '--checkpoint', 'run'], {
        cwd,
        now,
        signal: controller.signal,
      });
      expect(run).toMatchObject({ code: 130, stdout: '' });
      expect(await readdir(join(cwd, 'out'))).toEqual(['a.wav']);
      expect(run.stderr).toMatch(
        /interrupted; 1 of 3 files are finished and kept, none is half written$/m,
      );
    }));

  it.each(['new/deep', 'there/new'])('leaves no empty folder of its own at Ctrl-C: %s', (out) =>
    inSynthWorkshop(async (cwd) => {
      await mkdir(join(cwd, 'there'));
      const controller = new AbortController();
      let drafts = 0;
      let calls = 0;
      const now = () => {
        if (existsSync(join(cwd, out))) {
          drafts++;
          controller.abort();
        }
        return calls++;
      };
      const argv = ['synth', 'a.npy', '-o', `${out}/a.wav`, '--chunk-frames', '8'];
      const run = await runMain([...argv, '--checkpoint', 'run'], {
        ...{ cwd, now, signal: controller.signal },
      });
      expect(run).toMatchObject({ code: 130, stdout: '' });
      expect(run.stderr).toMatch(/interrupted; nothing was written/);
      expect(drafts).toBeGreaterThan(0);
      expect(existsSync(join(cwd, 'new'))).toBe(false);
      expect(await readdir(join(cwd, 'there'))).toEqual([]);
    }),
  );

  it.skipIf(!existsSync('/dev/full'))('reports a full disk', () =>
    inSynthWorkshop(async (cwd) => {
      const run = await runMain(['synth', 'a.npy', '-o', '/dev/full', '--checkpoint', 'run'], {
        cwd,
      });
      expect(run).toMatchObject({ code: 1, stdout: '' });
      expect(run.stderr).toMatch(/\/dev\/full: cannot be written: the disk is full/);
    }),
  );
});
