import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors, writeSafetensors } from '@hifigan/checkpoint';
import { tinyConfig } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { runMain } from '../testing/run-main.js';
import { inSynthWorkshop } from '../testing/synth.js';

describe('hifigan synth with checkpoints that are none', () => {
  it('says what is wrong with a checkpoint, and writes nothing', () =>
    inSynthWorkshop(async (cwd) => {
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
      expect(await synth('none')).not.toContain('did you mean');
      expect(await synth('run:bset')).toContain('; did you mean run:best?');
      expect(await synth('run/g_00000100')).toContain('; did you mean run/g_00000100.safetensors?');
      expect(await synth(await folder('empty', {}))).toMatch(
        /empty: has neither generator\.safetensors .* nor g_/,
      );
      const torch = Buffer.from(`PK\x03\x04${'\0'.repeat(22)}\x0a\0\0\0g/data.pkl`, 'latin1');
      const zip = torch.subarray(0, 9);
      expect(await synth(await folder('torch', { g_02500000: torch }))).toMatch(
        /g_02500000: it is a PyTorch file \(zip\), and must have the configuration of its generator beside it/,
      );
      await writeFile(join(cwd, 'other.zip'), zip);
      expect(await synth('other.zip')).toMatch(
        /other\.zip: it is a zip file that PyTorch did not write, where weights \(\.safetensors, PyTorch's or \.npz\) are needed$/m,
      );
      await writeFile(join(cwd, 'legacy.pth'), Uint8Array.of(0x80, 2, 0x8a, 0x0a));
      expect(await synth('legacy.pth')).toMatch(
        /legacy\.pth: it is a PyTorch file \(pickle\), and must have the configuration/,
      );
      expect(await synth('run/config.json')).toMatch(
        /run.config\.json: it is JSON, where weights \(\.safetensors, PyTorch's or \.npz\) are needed; a configuration goes to --config/,
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

  it('names the half of a checkpoint that is none', () =>
    inSynthWorkshop(async (cwd) => {
      const array = { shape: [1], data: new Float32Array(1) };
      await writeFile(
        join(cwd, 'run', 'do_00000100.safetensors'),
        writeSafetensors(new Map([['optim_g.exp_avg.conv_pre.bias', array]])),
      );
      const checkpoint = join('run', 'do_00000100.safetensors');
      const run = await runMain(['synth', 'a.npy', '-o', 'b.wav', '--checkpoint', checkpoint], {
        cwd,
      });
      expect(run.stderr).toMatch(/do_00000100\.safetensors: must be a generator, .*; give the g_…/);
      expect(run).toMatchObject({ code: 1 });
    }));
});
