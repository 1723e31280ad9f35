import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  isNamedArray,
  readNpy,
  readSafetensors,
  readTorch,
  writeNpy,
  writeSafetensors,
} from '@hifigan/checkpoint';
import { expectClose } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { heard, inForeign, profileAt, speak } from '../testing/foreign.js';
import { runMain } from '../testing/run-main.js';
import { inSynthWorkshop } from '../testing/synth.js';

describe('hifigan convert', () => {
  it('makes bundles that sound the same, with the normalisation', () =>
    inForeign(async (hifigan, cwd, audio) => {
      const run = await hifigan('convert', 'st', 'voice', '--precision', 'float32', '--json');
      expect(run.code, run.stderr).toBe(0);
      expect(JSON.parse(run.stdout)).toMatchObject({ out: 'voice', format: 'bundle' });
      expect(run.stderr).toMatch(/does not say n_fft \(1024 is taken\)/);
      expect((await hifigan(...speak('st', 'voice'))).code).toBe(0);
      expectClose(await heard(cwd), audio.st, { max: 1e-4 });
      const info = await hifigan('info', 'voice', '--json');
      expect(JSON.parse(info.stdout)).not.toHaveProperty('misfit');
    }));

  it('goes from program to program, and back to the same weights', () =>
    inForeign(async (hifigan, cwd, audio) => {
      for (const [from, to, ...more] of [
        ['pwg', 'g_00000070'],
        ['g_00000070', 'hf', '--to', 'transformers'],
        ['hf', 'own/g.safetensors'],
        ['own/g.safetensors', 'second', '--to', 'bundle', '--precision', 'float32'],
      ]) {
        const run = await hifigan('convert', from, to, ...more);
        expect(run.code, run.stderr).toBe(0);
        expect(run.stdout).toBe(`${to}\n`);
        const lost = `${to}: has no place for the mel of this model (log="log10", floor=1e-10, `;
        expect(run.stderr.includes(lost), run.stderr).toBe(from === 'pwg' || from === 'hf');
        expect((await hifigan(...speak('pwg', to))).code).toBe(0);
        expectClose(await heard(cwd), audio.pwg, { max: 1e-4 });
      }
      const bytes = await readFile(join(cwd, 'g_00000070'));
      // A pickle: what PyTorch 1.4 reads, which the reference pins.
      expect([...bytes.subarray(0, 2)]).toEqual([0x80, 2]);
      const torch = readTorch(bytes);
      const generator = torch instanceof Map ? torch.get('generator') : undefined;
      const weight = generator instanceof Map ? generator.get('ups.0.weight_g') : undefined;
      expect(isNamedArray(weight) && weight.shape).toEqual([16, 1, 1]);
      expect((await readdir(join(cwd, 'hf'))).sort()).toEqual(['config.json', 'model.safetensors']);
      const { arrays, metadata } = readSafetensors(
        await readFile(join(cwd, 'hf', 'model.safetensors')),
      );
      expect(metadata).toEqual({ format: 'pt' });
      expect(arrays.get('upsampler.0.weight')?.shape).toEqual([16, 8, 8]);
      const config = JSON.parse(await readFile(join(cwd, 'hf', 'config.json'), 'utf8'));
      expect(config).toMatchObject({ model_type: 'speecht5_hifigan', normalize_before: false });
    }));

  it('refuses what would be lost, written over or cannot be, and leaves nothing', () =>
    inForeign(async (hifigan, cwd) => {
      const lost = await hifigan('convert', 'st', 'g_00000000');
      expect(lost).toMatchObject({ code: 1, stdout: '' });
      expect(lost.stderr).toMatch(/--to reference: has no place for the mean and scale/);
      expect((await hifigan('convert', 'pwg', 'x.safetensors', '--to', 'torch')).code).toBe(2);
      expect((await hifigan('convert', 'pwg', 'x', '--to', 'coqui')).code).toBe(2);
      for (const option of [
        ['--precision', 'float16'],
        ['--backend', 'auto'],
        ['--threads', '1'],
      ]) {
        const dropped = await hifigan('convert', 'pwg', 'x.pth', ...option);
        expect(dropped.code).toBe(2);
        expect(dropped.stderr).toMatch(
          `${option[0]}: is for bundles alone, and x.pth will be torch`,
        );
      }
      for (const [out, message] of [
        [
          'x.onnx',
          'x.onnx: is not what convert writes; for other runtimes there is: hifigan export IN -o x.onnx',
        ],
        [
          'x.npz',
          'x.npz: must end in .safetensors or .pth, be g_ and a number, or the name of a folder',
        ],
      ]) {
        const other = await hifigan('convert', 'pwg', out);
        expect(other.code).toBe(2);
        expect(other.stderr).toContain(message);
      }
      expect((await hifigan('export', 'pwg', '-o', 'e.onnx')).code).toBe(0);
      const exported = await hifigan('convert', 'e.onnx', 'x.pth');
      expect(exported.code).toBe(1);
      expect(exported.stderr).toContain(
        'e.onnx: is what export wrote, and no weights can be taken from it; name the model that it was made of',
      );
      expect((await hifigan('convert', 'pwg', 'out/g.pth')).code).toBe(0);
      const zip = await readFile(join(cwd, 'out/g.pth'));
      expect(zip.subarray(0, 4).toString('latin1')).toBe('PK\x03\x04');
      const again = await hifigan('convert', 'pwg', 'out/g.pth');
      expect(again.stderr).toMatch(/out\/g\.pth: exists already; .*--force/);
      expect((await hifigan('convert', 'pwg', 'out/g.pth', '--force')).code).toBe(0);
      await writeFile(join(cwd, 'config.json'), '{}');
      const beside = await hifigan('convert', 'pwg', 'g.pth');
      expect(beside.stderr).toMatch(/config\.json: is there already and is another model’?'?s/);
      expect(await readdir(join(cwd, 'out'))).toHaveLength(2);
      expect(await readdir(cwd)).not.toContain('g.pth');
    }));

  it('takes any name, and a configuration beside it that says the same in another layout', () =>
    inForeign(async (hifigan, cwd) => {
      expect((await hifigan('convert', 'pwg', 'odd/my-model', '--to', 'torch')).code).toBe(0);
      const path = join(cwd, 'odd', 'config.json');
      const config = JSON.stringify(JSON.parse(await readFile(path, 'utf8')));
      await writeFile(path, config);
      expect((await hifigan('convert', 'pwg', 'odd/other', '--to', 'torch')).code).toBe(0);
      expect(await readFile(path, 'utf8')).toBe(config);
    }));

  it('takes a YAML configuration from elsewhere, and statistics that lie beside the weights', () =>
    inForeign(async (hifigan, cwd) => {
      await mkdir(join(cwd, 'elsewhere'));
      await rename(join(cwd, 'pwg', 'config.yml'), join(cwd, 'elsewhere', 'train.yml'));
      for (const input of ['pwg', 'pwg/checkpoint-70steps.pkl']) {
        const alone = await hifigan('convert', input, 'alone');
        expect(alone.code, alone.stderr).toBe(1);
        const command = ['convert', input, 'voice', '--config', 'elsewhere/train.yml', '--force'];
        const run = await hifigan(...command);
        expect(run.code, run.stderr).toBe(0);
        expect(run.stderr).toMatch(/normalises mels, but their mean and scale are not there/);
      }
      const profile = await profileAt(cwd, 'st');
      const values = Float32Array.from({ length: 2 * profile.mels }, (_, i) => 1 + i / 100);
      const statistics = writeNpy({ shape: [2, profile.mels], data: values });
      await writeFile(join(cwd, 'pwg', 'stats.npy'), statistics);
      const command = ['convert', 'pwg', 'normal', '--config', 'elsewhere/train.yml'];
      const run = await hifigan(...command);
      expect(run.code, run.stderr).toBe(0);
      expect(run.stderr).not.toMatch(/normalises mels, but/);
      const { arrays } = readSafetensors(
        await readFile(join(cwd, 'normal', 'generator.safetensors')),
      );
      expect(arrays.get('mean')!.data[1]).toBeCloseTo(1.01, 6);
    }));

  it('passes over JSON of other things, broken or not, and names a configuration that is broken', () =>
    inForeign(async (hifigan, cwd) => {
      await writeFile(join(cwd, 'st', 'a-tokenizer_config.json'), '{"broken');
      const run = await hifigan('convert', 'st', 'voice');
      expect(run.code, run.stderr).toBe(0);
      await writeFile(join(cwd, 'st', 'config.json'), '{"model_type": ');
      const broken = await hifigan('convert', 'st', 'second');
      expect(broken.code).toBe(1);
      expect(broken.stderr).toMatch(
        /st\/[\w-]*config\.json: must be JSON, because the model is built/,
      );
    }));

  it('leaves all as it was where what was written is not what was meant', () =>
    inForeign(async (hifigan, cwd) => {
      expect((await hifigan('convert', 'pwg', 'out/g.pth')).code).toBe(0);
      const path = join(cwd, 'out', 'config.json');
      const before = await readFile(path, 'utf8');
      const spoilt = JSON.stringify({ ...JSON.parse(before), fmin: 17 });
      await writeFile(path, spoilt);
      // The weights cannot be read: the configuration must not be written over for nothing.
      await writeFile(join(cwd, 'pwg', 'checkpoint-70steps.pkl'), 'no weights');
      const run = await hifigan('convert', 'pwg', 'out/g.pth', '--force');
      expect(run.code).toBe(1);
      expect(await readFile(path, 'utf8')).toBe(spoilt);
      expect((await readdir(join(cwd, 'out'))).sort()).toEqual(['config.json', 'g.pth']);
      // What stands in the way is told before the weights are looked at.
      const blocked = await hifigan('convert', 'pwg', 'out/g.pth');
      expect(blocked.stderr).toMatch(/out\/g\.pth: exists already/);
    }));

  it('lists all arrays that have no place', () =>
    inForeign(async (hifigan, cwd) => {
      const path = join(cwd, 'st', 'model.safetensors');
      const { arrays } = readSafetensors(await readFile(path));
      const spoilt = new Map([...arrays].filter(([name]) => !name.startsWith('resblocks.0.')));
      await writeFile(path, writeSafetensors(spoilt));
      const run = await hifigan('convert', 'st', 'voice');
      expect(run.code).toBe(1);
      const missing = [...arrays.keys()].filter((name) => name.startsWith('resblocks.0.'));
      for (const name of missing) expect(run.stderr).toContain(`    ${name}\n`);
    }));

  it('converts what train has left, block 2 too, but not for transformers', () =>
    inSynthWorkshop(async (cwd) => {
      const hifigan = (...argv: string[]) => runMain(argv, { cwd });
      const before = await hifigan(...speak('a', 'run'));
      expect(before.code).toBe(0);
      const wanted = await heard(cwd);
      const run = await hifigan('convert', 'run', 'torch/g_00000100');
      expect(run.code, run.stderr).toBe(0);
      expect((await hifigan(...speak('a', 'torch/g_00000100'))).code).toBe(0);
      expectClose(await heard(cwd), wanted, { max: 1e-5 });
      const hf = await hifigan('convert', 'run', 'hf', '--to', 'transformers');
      expect(hf.stderr).toMatch(/resblock="2" must be "1", because transformers has no other/);
      expect(readNpy(await readFile(join(cwd, 'a.npy'))).shape[0]).toBe(12);
    }));
});
