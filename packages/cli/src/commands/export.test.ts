import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sourceOfBytes } from '@hifigan/checkpoint';
import { readOnnxConfig, readOnnxMetadata } from '@hifigan/export';
import { expectClose, tinyConfig } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { bytesField } from '../testing/bytes-field.js';
import { runMain } from '../testing/run-main.js';
import { inSynthWorkshop, readRecording } from '../testing/synth.js';

describe('hifigan export', () => {
  it('writes ONNX that speaks as the checkpoint does, of mels and of recordings', () =>
    inSynthWorkshop(async (cwd) => {
      const exported = await runMain(['export', 'run', '-o', 'out/model.onnx'], { cwd });
      expect(exported).toMatchObject({
        ...{ code: 0, stdout: 'out/model.onnx\n' },
        stderr: expect.stringMatching(/→ out\/model\.onnx: ONNX, float32 weights, [\d.]+ kB\n$/),
      });
      const bytes = await readFile(join(cwd, 'out/model.onnx'));
      expect(readOnnxConfig(await readOnnxMetadata(sourceOfBytes(bytes)))).toMatchObject(
        tinyConfig,
      );
      expect(Object.fromEntries(await readOnnxMetadata(sourceOfBytes(bytes)))).toMatchObject({
        ...{ model_type: 'hifigan', sample_rate: '8000', num_mels: '12', hop_length: '64' },
      });
      const speak = async (checkpoint: string, input: string) => {
        const out = `${checkpoint.replaceAll('/', '-')}-${input}.wav`;
        const synth = ['synth', input, '-o', out, '--format', 'float32', '--json'];
        const run = await runMain([...synth, '--checkpoint', checkpoint], { cwd });
        expect(run.code, run.stderr).toBe(0);
        const { channels } = await readRecording(join(cwd, out));
        return { audio: channels[0], told: JSON.parse(run.stdout) };
      };
      for (const input of ['a.npy', 'a.wav']) {
        const { audio, told } = await speak('out/model.onnx', input);
        expect(told).toMatchObject({ checkpoint: 'out/model.onnx', backend: 'onnxruntime-node' });
        expectClose(audio, (await speak('run', input)).audio, { max: 1e-4 }, input);
      }
    }));

  it('takes along how a voice is refined, which is told, since other programs do not', () =>
    inSynthWorkshop(async (cwd) => {
      const run = (...argv: string[]) => runMain(argv, { cwd });
      const packed = ['pack', 'run', '-o', 'b', '--precision', 'float32', '--licence', 'MIT'];
      const refine = ['--refine', '2', '--bandwidth', '3000', '--phases', 'integrated'];
      expect((await run(...packed, ...refine)).code).toBe(0);
      for (const out of ['m.onnx', 'saved']) {
        const { code, stderr } = await run('export', 'b', '-o', out);
        expect([code, stderr]).toEqual([0, expect.stringMatching(/2 rounds of refinement follow/)]);
      }
      expect((await run('convert', 'b', 'g_1')).stderr).toMatch(
        /g_1: has no place for the voice's card, by which 2 rounds .*synth --refine 2 --phases integrated .*pack --refine 2 --bandwidth 3000 --phases integrated\)/,
      );
      const { stdout } = await run('info', 'm.onnx');
      for (const key of ['name', 'licence', 'refine', 'bandwidth', 'phases']) {
        expect(stdout.match(new RegExp(`^${key} `, 'gm')), key).toHaveLength(1);
      }
      const speak = async (checkpoint: string, ...more: string[]) => {
        const synth = ['synth', 'a.npy', '-o', 'x.wav', '--format', 'float32', '--force', ...more];
        const { code, stderr } = await run(...synth, '--checkpoint', checkpoint);
        expect(code, stderr).toBe(0);
        return { audio: (await readRecording(join(cwd, 'x.wav'))).channels[0], stderr };
      };
      const bundle = await speak('b');
      expect(bundle.stderr).toMatch(
        /, refined in 2 rounds from phases of the mel \(--refine 0: its generator alone\)\n/,
      );
      const onnx = await speak('m.onnx');
      expectClose(onnx.audio, bundle.audio, { max: 1e-4 }, 'refined');
      expect((await speak('m.onnx', '--phases', 'kept')).audio).not.toEqual(onnx.audio);
      const plain = await speak('m.onnx', '--refine', '0');
      expect(plain.stderr).not.toMatch(/refined/);
      expectClose(plain.audio, (await speak('run')).audio, { max: 1e-4 }, 'alone');
      expect(plain.audio).not.toEqual(onnx.audio);
      // What is no number, in a file of ours, and the same word in another program's.
      const own = bytesField(14, bytesField(1, 'refine'), bytesField(2, 'true'));
      await writeFile(
        join(cwd, 'bad.onnx'),
        Buffer.concat([await readFile(join(cwd, 'm.onnx')), own]),
      );
      expect((await run('info', 'bad.onnx')).stderr).toMatch(
        /bad\.onnx: its refine must be a number/,
      );
      await writeFile(join(cwd, 'other.onnx'), Buffer.concat([bytesField(7), own]));
      expect((await run('info', 'other.onnx')).code).toBe(0);
    }));

  it('float16 is half as large, and a SavedModel a folder; nothing is written over', () =>
    inSynthWorkshop(async (cwd) => {
      const run = (...argv: string[]) => runMain(['export', 'run', '-o', ...argv], { cwd });
      const sizeOf = async (name: string) => (await stat(join(cwd, name))).size;
      expect((await run('whole.onnx')).code).toBe(0);
      expect((await run('half.onnx', '--float16', '--opset', '20')).code).toBe(0);
      expect(await sizeOf('half.onnx')).toBeLessThan(await sizeOf('whole.onnx'));
      const saved = await run('folder', '--float16', '--json');
      expect(JSON.parse(saved.stdout)).toEqual({
        ...{ out: 'folder', format: 'savedmodel', weights: 'float16' },
        bytes: await sizeOf('folder/saved_model.pb'),
      });
      expect((await readdir(join(cwd, 'folder'))).sort()).toEqual([
        'config.json',
        'saved_model.pb',
      ]);
      for (const out of ['whole.onnx', 'folder']) {
        expect((await run(out)).stderr).toMatch(/exists already/);
        expect((await run(out, '--force')).code).toBe(0);
      }
      // What is no export's is not replaced even so.
      expect((await run('run', '--force')).stderr).toMatch(/has no saved_model\.pb and so was not/);
      expect((await readdir(cwd)).filter((name) => name.includes('partial'))).toEqual([]);
    }));

  it.each([
    [['a.onnx', '--format', 'savedmodel'], /--out a\.onnx: must be a folder/],
    [['a', '--format', 'onnx'], /--out a: must end in \.onnx/],
    [['a.pth'], /--out a\.pth: must end in \.onnx, or be the name of a folder/],
    [['a', '--opset', '17'], /--opset 17: is for ONNX alone/],
    [['a.onnx', '--opset', '16'], /--opset 16: must be from 17 to 23/],
  ])('%j is refused', async (argv, message) => {
    const run = await runMain(['export', '-o', ...argv]);
    expect(run).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  });

  it('synth says what an exported file needs', () =>
    inSynthWorkshop(async (cwd) => {
      const synth = (...argv: string[]) =>
        runMain(['synth', 'a.npy', '-o', 'o.wav', '--checkpoint', ...argv], { cwd });
      await runMain(['export', 'run', '-o', 'folder'], { cwd });
      await runMain(['export', 'run', '-o', 'm.onnx'], { cwd });
      expect(await synth('folder')).toMatchObject({
        ...{
          code: 1,
          stderr: expect.stringMatching(/^error: folder: is a .*hifigan-gpu computes/),
        },
      });
      expect(await synth('m.onnx', '--backend', 'cpu')).toMatchObject({
        ...{ code: 2, stderr: expect.stringMatching(/--backend cpu: cannot compute m\.onnx/) },
      });
      await writeFile(join(cwd, 'text.onnx'), 'This is no model.');
      expect(await synth('text.onnx')).toMatchObject({
        ...{ code: 1, stderr: expect.stringMatching(/text\.onnx: must be an ONNX file/) },
      });
      await writeFile(join(cwd, 'empty.onnx'), '');
      expect(await synth('empty.onnx')).toMatchObject({
        ...{
          code: 1,
          stderr: expect.stringMatching(/empty\.onnx: must be an ONNX file.*export it anew/),
        },
      });
    }));
});
