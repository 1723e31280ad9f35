import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createMelSpectrogram, melOptions, readWav } from '@hifigan/audio';
import { readSafetensors, writeNpy, writeSafetensors } from '@hifigan/checkpoint';
import { expectClose, tinyConfig } from '@hifigan/testkit';
import { loadVocoder, melToArray, readBundle } from '@hifigan/vocoder';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { inFolder, runMain } from '../testing.js';
import { writeTone } from '../testing-audio.js';
import { writeRun } from '../testing-model.js';

/** A folder with a run of two checkpoints, a recording at the model's rate and its mel. */
const inWorkshop = (work: (cwd: string, audio: Float32Array) => Promise<void>) =>
  inFolder(async (cwd) => {
    await writeRun(join(cwd, 'run'), [5, 100]);
    const audio = await writeTone(cwd, 'a.wav', { samplingRate: 8000, format: 'float32' });
    const mel = createMelSpectrogram(melOptions(tinyConfig)).analyze(audio);
    await writeFile(join(cwd, 'a.npy'), writeNpy(melToArray(mel)));
    await work(cwd, audio);
  });

const read = async (path: string) => readWav(await readFile(path));

describe('hifigan synth', () => {
  it('speaks mels and recordings as the library does, from the latest checkpoint, on wasm', () =>
    inWorkshop(async (cwd, audio) => {
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
      const fromMel = await read(join(cwd, 'mel.wav'));
      expect(fromMel).toMatchObject({ samplingRate: 8000, format: 'float32' });
      expectClose((await read(join(cwd, 'wav.wav'))).channels[0], fromMel.channels[0], {
        max: 1e-6,
      });
      await tf.setBackend('cpu');
      const vocoder = await loadVocoder(
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
      const quantised = await read(join(cwd, 'cpu.wav'));
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

  it('packs a run into a bundle that sounds the same', () =>
    inWorkshop(async (cwd) => {
      await writeFile(join(cwd, 'card.json'), JSON.stringify({ name: 'tiny', data: 'a tone' }));
      const packed = await runMain(
        ['pack', 'run', '-o', 'bundle', '--precision', 'float32', '--card', 'card.json'],
        { cwd },
      );
      expect(packed).toMatchObject({ code: 0, stdout: 'bundle\n' });
      expect((await readdir(join(cwd, 'bundle'))).sort()).toEqual([
        'card.json',
        'config.json',
        'generator.safetensors',
      ]);
      const { arrays } = readSafetensors(
        await readFile(join(cwd, 'bundle', 'generator.safetensors')),
      );
      expect([...arrays.keys()].filter((name) => /weight_[gv]$/.test(name))).toEqual([]);
      const values = [...arrays.values()].reduce((sum, { data }) => sum + data.length, 0);
      expect(JSON.parse(await readFile(join(cwd, 'bundle', 'card.json'), 'utf8'))).toEqual({
        name: 'tiny',
        data: 'a tone',
        steps: 101,
        parameters: values,
        precision: 'float32',
      });
      const speak = async (checkpoint: string) => {
        const out = `${checkpoint}.wav`;
        await runMain(
          ['synth', 'a.npy', '-o', out, '--format', 'float32', '--checkpoint', checkpoint],
          { cwd },
        );
        return (await read(join(cwd, out))).channels[0];
      };
      expectClose(await speak('bundle'), await speak('run'), { max: 1e-5 });
      expect((await runMain(['pack', 'run', '-o', 'bundle'], { cwd })).stderr).toMatch(
        /bundle: exists already/,
      );
      expect((await runMain(['pack', 'run', '-o', 'bundle', '--force'], { cwd })).code).toBe(0);
      expectClose(await speak('bundle'), await speak('run'), { max: 2e-3 });
    }));

  it('recognises what is wrong with a mel, names the file, and goes on with the others', () =>
    inWorkshop(async (cwd) => {
      const store = (name: string, shape: number[], value = -5) =>
        writeFile(
          join(cwd, 'in', name),
          writeNpy({ shape, data: new Float32Array(shape.reduce((a, b) => a * b)).fill(value) }),
        );
      await mkdir(join(cwd, 'in'));
      await store('good.npy', [12, 30]);
      await store('swapped.npy', [30, 12]);
      await store('many.npy', [80, 30]);
      await store('batch.npy', [3, 12, 30]);
      await store('nan.npy', [12, 30], Number.NaN);
      await store('decibel.npy', [12, 30], -60);
      await writeFile(
        join(cwd, 'in', 'cut.npy'),
        (await readFile(join(cwd, 'in', 'good.npy'))).subarray(0, 500),
      );
      await writeFile(join(cwd, 'in', 'text.npy'), 'hello');
      await writeTone(cwd, 'in/short.wav', { samplingRate: 8000, seconds: 0.01 });
      const run = await runMain(['synth', 'in', '-o', 'out', '--checkpoint', 'run', '--json'], {
        cwd,
      });
      expect(run.code).toBe(1);
      const { files, failed } = JSON.parse(run.stdout);
      expect(files.map((file: { in: string }) => file.in)).toEqual([
        'in/decibel.npy',
        'in/good.npy',
      ]);
      expect(
        Object.fromEntries(failed.map((f: { in: string; reason: string }) => [f.in, f.reason])),
      ).toEqual({
        'in/batch.npy': expect.stringMatching(
          /^in\/batch\.npy: shape \[3, 12, 30\] must be .*a file of its own/,
        ),
        'in/cut.npy': expect.stringMatching(
          /^in\/cut\.npy: not a readable \.npy file: .*it is cut off/,
        ),
        'in/many.npy': expect.stringMatching(
          /^in\/many\.npy: .* has 80 mel bands and must have 12/,
        ),
        'in/nan.npy': expect.stringMatching(/^in\/nan\.npy: the value at band 0, frame 0 is NaN/),
        'in/short.wav': expect.stringMatching(/^in\/short\.wav: 80 samples at 8000 Hz are too few/),
        'in/swapped.npy': expect.stringMatching(
          /^in\/swapped\.npy: .*its axes are swapped; .*array\.T/,
        ),
        'in/text.npy': expect.stringMatching(/^in\/text\.npy: not a readable \.npy file/),
      });
      expect(run.stderr).toMatch(
        /note: in\/decibel\.npy: values from -60\.00 to -60\.00 do not look like natural log/,
      );
      expect((await readdir(join(cwd, 'out'))).sort()).toEqual(['decibel.wav', 'good.wav']);
    }));

  it('says what is wrong with a checkpoint, and writes nothing', () =>
    inWorkshop(async (cwd) => {
      const synth = async (checkpoint: string, ...more: string[]) => {
        const run = await runMain(
          ['synth', 'a.npy', '-o', 'b.wav', '--checkpoint', checkpoint, ...more],
          { cwd },
        );
        expect(run).toMatchObject({ code: 1, stdout: '' });
        return run.stderr;
      };
      const weights = await readFile(join(cwd, 'run', 'g_00000100.safetensors'));
      const folder = async (name: string, files: Record<string, Uint8Array | string>) => {
        await mkdir(join(cwd, name));
        for (const [file, content] of Object.entries(files))
          await writeFile(join(cwd, name, file), content);
        return name;
      };
      const config = JSON.stringify(tinyConfig);
      expect(await synth('none')).toMatch(/none: cannot be read: there is no such file or folder/);
      expect(await synth(await folder('empty', {}))).toMatch(
        /empty: has neither generator\.safetensors .* nor g_/,
      );
      const torch = Buffer.from(`PK\x03\x04${'\0'.repeat(22)}\x0a\0\0\0g/data.pkl`, 'latin1');
      const zip = torch.subarray(0, 9);
      expect(await synth(await folder('torch', { g_02500000: torch }))).toMatch(
        /g_02500000: it is a PyTorch file \(zip\); reading those is not here yet; .*save_file/,
      );
      await writeFile(join(cwd, 'other.zip'), zip);
      expect(await synth('other.zip')).toMatch(
        /other\.zip: it is a zip file that PyTorch did not write, where weights \(\.safetensors\) are needed$/m,
      );
      await writeFile(join(cwd, 'legacy.pth'), Uint8Array.of(0x80, 2, 0x8a, 0x0a));
      expect(await synth('legacy.pth')).toMatch(
        /legacy\.pth: it is a PyTorch file \(pickle\); reading those is not here yet/,
      );
      expect(await synth('run/config.json')).toMatch(
        /run.config\.json: it is JSON, where weights \(\.safetensors\) are needed; a configuration goes to --config/,
      );
      expect(await synth('a.npy')).toMatch(/a\.npy: it is a NumPy array .*, where weights/);
      await writeFile(join(cwd, 'alone.safetensors'), weights);
      expect(await synth('alone.safetensors')).toMatch(
        /alone\.safetensors: has no config\.json beside it, .*--config/,
      );
      expect(
        (
          await runMain(
            [
              'synth',
              'a.npy',
              '-o',
              'c.wav',
              '--checkpoint',
              'alone.safetensors',
              '--config',
              'run/config.json',
            ],
            { cwd },
          )
        ).code,
      ).toBe(0);
      expect(
        await synth(
          await folder('cut', {
            'generator.safetensors': weights.subarray(0, weights.length - 100),
            'config.json': config,
          }),
        ),
      ).toMatch(/generator\.safetensors: not a readable safetensors file: .*cut off/);
      expect(
        await synth(
          await folder('badconfig', {
            'generator.safetensors': weights,
            'config.json': '{"resblock": 1,}',
          }),
        ),
      ).toMatch(/config\.json: not valid JSON at line 1/);
      const { arrays } = readSafetensors(weights);
      const fewer = new Map(arrays);
      fewer.delete('conv_pre.bias');
      fewer.set('foreign', { shape: [1], data: Float32Array.of(1) });
      fewer.set('conv_post.bias', { shape: [2], data: Float32Array.of(1, 2) });
      const mixed = await synth(
        await folder('mixed', {
          'generator.safetensors': writeSafetensors(fewer),
          'config.json': config,
        }),
      );
      expect(mixed).toMatch(/mixed.generator\.safetensors: arrays must be those of the network/);
      expect(mixed).toMatch(
        /missing \(1\):\n {4}conv_pre\.bias\n {2}extra \(1\):\n {4}foreign\n {2}misshapen \(1\):\n {4}conv_post\.bias/,
      );
      const nan = new Map(arrays).set('conv_post.bias', {
        shape: [1],
        data: Float32Array.of(Number.NaN),
      });
      expect(
        await synth(
          await folder('nan', {
            'generator.safetensors': writeSafetensors(nan),
            'config.json': config,
          }),
        ),
      ).toMatch(/conv_post\.bias holds NaN/);
      expect(existsSync(join(cwd, 'b.wav'))).toBe(false);
    }));

  it('takes configurations as the other verbs do: a preset, a file, stdin', () =>
    inWorkshop(async (cwd) => {
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
          /^error: \S*tiny\.jsn: cannot be read: there is no such file .*, or take a preset: v1, v2, v3\n$/,
        );
      }
      await writeTone(cwd, 'c.wav', { seconds: 0.2 });
      const voice = await runMain(['synth', 'c.wav', '-o', 'd.wav', '-c', 'v2'], { cwd });
      expect(voice).toMatchObject({ code: 0, stdout: 'd.wav\n' });
      const run = await runMain(['mel', 'c.wav', '-o', 'd.npy', '-c', 'v4'], { cwd });
      expect(run.stderr).toMatch(/^error: v4: cannot be read: .*, or take a preset: v1, v2, v3\n$/);
    }));

  it('says what an input is that cannot be spoken', () =>
    inWorkshop(async (cwd) => {
      const speak = async (input: string, verb = 'synth', out = 'b.wav') =>
        (await runMain([verb, input, '-o', out], { cwd })).stderr;
      await writeFile(join(cwd, 'mel.pth'), Uint8Array.of(0x80, 2, 0x8a, 0x0a));
      const weights = join('run', 'g_00000100.safetensors');
      expect(await speak('mel.pth')).toMatch(
        /mel\.pth: it is a PyTorch file \(pickle\), where a mel \(\.npy\) or a recording \(\.wav\) is needed; weights go to --checkpoint/,
      );
      expect(await speak(weights)).toMatch(/it is a safetensors file, .*; weights go to --checkpo/);
      expect(await speak(join('run', 'config.json'))).toMatch(
        /it is JSON, where a mel .* is needed\n/,
      );
      expect(await speak('a.npy', 'mel', 'b.npy')).toMatch(
        /a\.npy: it is a NumPy array \(\.npy\), where a recording \(\.wav\) is needed\n/,
      );
      await writeFile(join(cwd, 'words.wav'), 'these are words');
      expect(await speak('words.wav')).toMatch(/it is no WAV file \(it looks like text\)/);
    }));

  it('names the half of a checkpoint that is none', () =>
    inWorkshop(async (cwd) => {
      const array = { shape: [1], data: new Float32Array(1) };
      await writeFile(
        join(cwd, 'run', 'do_00000100.safetensors'),
        writeSafetensors(new Map([['optim_g.exp_avg.conv_pre.bias', array]])),
      );
      const checkpoint = join('run', 'do_00000100.safetensors');
      const run = await runMain(['synth', 'a.npy', '-o', 'b.wav', '--checkpoint', checkpoint], {
        cwd,
      });
      expect(run.stderr).toMatch(/do_00000100\.safetensors: must be a generator, .*; use the g_…/);
      expect(run).toMatchObject({ code: 1 });
    }));

  it('reads and writes pipes, refuses unknown backends and formats', () =>
    inWorkshop(async (cwd) => {
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
    inWorkshop(async (cwd) => {
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
      expect(started).toEqual([{ threads: 2 }]);
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
    inWorkshop(async (cwd) => {
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

  it.skipIf(!existsSync('/dev/full'))('reports a full disk', () =>
    inWorkshop(async (cwd) => {
      const run = await runMain(['synth', 'a.npy', '-o', '/dev/full', '--checkpoint', 'run'], {
        cwd,
      });
      expect(run).toMatchObject({ code: 1, stdout: '' });
      expect(run.stderr).toMatch(/\/dev\/full: cannot be written: the disk is full/);
    }),
  );
});
