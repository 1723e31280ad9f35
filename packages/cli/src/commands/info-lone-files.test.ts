import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  OrderedDict,
  readSafetensors,
  type TorchValue,
  writeNpz,
  writeSafetensors,
  writeTorch,
} from '@hifigan/checkpoint';
import { describe, expect, it } from 'vitest';
import { bytesField } from '../testing/bytes-field.js';
import { runMain } from '../testing/run-main.js';
import { inSynthWorkshop } from '../testing/synth.js';

describe('hifigan info, of what lies alone', () => {
  it('tells what generators, trainings, exported files and arrays are, and infers what shapes show', () =>
    inSynthWorkshop(async (cwd) => {
      const info = async (path: string, ...more: string[]) => {
        const json = await runMain(['info', path, '--json', ...more], { cwd });
        expect(json, path).toMatchObject({ code: 0, stderr: '' });
        const { stdout } = await runMain(['info', path], { cwd });
        return { ...JSON.parse(json.stdout), text: stdout };
      };
      const path = join(cwd, 'run', 'g_00000100.safetensors');
      const state = readSafetensors(await readFile(path)).arrays;
      const config = JSON.parse(await readFile(join(cwd, 'run', 'config.json'), 'utf8'));
      const generator = new OrderedDict(state);
      await writeFile(join(cwd, 'lone.pth'), writeTorch(new Map([['generator', generator]])));
      const lone = await info('lone.pth');
      expect(lone).toMatchObject({
        ...{ kind: 'torch checkpoint', network: 'generator', program: 'reference' },
        ...{ prefix: 'generator.', weightNorm: true },
        inferred: {
          num_mels: config.num_mels,
          resblock: config.resblock,
          upsample_initial_channel: config.upsample_initial_channel,
          upsample_kernel_sizes: config.upsample_kernel_sizes,
          resblock_kernel_sizes: config.resblock_kernel_sizes,
        },
      });
      expect(lone.text).toMatch(/^inferred +from the shapes, as no configuration lies beside it/m);
      expect(lone.text).toMatch(/^supposed +upsample_rates/m);
      expect(lone.text).toMatch(/^│ conv_pre/m);
      expect(lone.text).toMatch(
        /^next +its configuration is missing, .*: put config\.json beside it, or name it: .*--checkpoint lone\.pth --config CONFIG$/m,
      );
      // The same in safetensors, of bfloat16, without a configuration.
      const halves = writeSafetensors(state, {}, { bfloat16: true });
      await writeFile(join(cwd, 'lone.safetensors'), halves);
      await rm(join(cwd, 'config.json'), { force: true });
      expect(await info('lone.safetensors')).toMatchObject({ types: ['BF16'], prefix: '' });

      const moments = new Map([[0, new Map([['exp_avg', state.get('conv_pre.bias')!]])]]);
      const group = new Map<string, TorchValue>([
        ['lr', 0.0002],
        ['betas', [0.8, 0.99]],
        ['params', [0]],
      ]);
      const training = new Map<string, TorchValue>([
        ['mpd', new OrderedDict([['discriminators.0.convs.0.bias', state.get('conv_pre.bias')!]])],
        [
          'optim_g',
          new Map<string, TorchValue>([
            ['state', moments],
            ['param_groups', [group]],
          ]),
        ],
        ['steps', 7],
        ['epoch', 2],
      ]);
      await writeFile(join(cwd, 'do_00000007'), writeTorch(training));
      const half = await info('do_00000007');
      expect(half).toMatchObject({
        network: 'training state',
        metadata: { steps: '7', epoch: '2' },
      });
      expect(half.text).toMatch(/^optim_g +1 array, .*lr 0\.0002, betas 0\.8, 0\.99$/m);
      expect(half).not.toHaveProperty('generator');
      // With the configuration beside it, as the reference leaves it, it is the same.
      await writeFile(join(cwd, 'run', 'do_00000007'), writeTorch(training));
      expect(await info('run/do_00000007')).toMatchObject({ network: 'training state' });

      for (const out of ['voice.onnx', 'saved']) {
        const exported = await runMain(['export', 'run', '-o', out], { cwd });
        expect(exported.code, exported.stderr).toBe(0);
        const told = await info(out);
        expect(told.kind).toBe(out === 'saved' ? 'TensorFlow SavedModel' : 'ONNX file');
        expect(told).toMatchObject({ config: { num_mels: config.num_mels }, weightNorm: false });
        expect(told.generator.mels).toBe(config.num_mels);
        expect(told.text).toMatch(/^licence +not told$/m);
        expect(told.profile).toMatchObject({ samplingRate: 8000, hopSize: 64, log: 'natural' });
        expect(told.config.parameters).toBeGreaterThan(0);
        expect(told.next).toMatch(
          out === 'saved'
            ? /^hifigan-gpu synth MEL\.npy -o OUT\.wav --checkpoint saved \(by TensorFlow\)/
            : /^hifigan synth MEL\.npy -o OUT\.wav --checkpoint voice\.onnx \(by onnxruntime-node/,
        );
      }
      const arrays = new Map([
        ['mel', { shape: [2, 2], data: Float32Array.of(1, Number.NaN, 2, 3) }],
      ]);
      await writeFile(join(cwd, 'a.npz'), writeNpz(arrays));
      expect(await info('a.npz')).toMatchObject({
        kind: 'arrays',
        arrays: [{ name: 'mel', shape: [2, 2], type: 'float32', notFinite: 1 }],
      });
    }));

  it('lets nothing that an exported file says through to the terminal', () =>
    inSynthWorkshop(async (cwd) => {
      const exported = await runMain(['export', 'run', '-o', 'voice.onnx'], { cwd });
      expect(exported.code, exported.stderr).toBe(0);
      const evil = '\x1b[2J\x9b31mgone';
      const long = 'x'.repeat(300);
      const own = Object.entries({
        ...{ model_filename: `name${evil}`, comment: `${long}${evil}` },
        ...{ dataset: `data${evil}`, license: `licence${evil}`, [`key${evil}`]: `value${evil}` },
      }).map(([key, value]) => bytesField(14, bytesField(1, key), bytesField(2, value)));
      const whole = await readFile(join(cwd, 'voice.onnx'));
      await writeFile(join(cwd, 'voice.onnx'), Buffer.concat([whole, ...own]));
      // Of another program: a graph, and what it says of itself.
      await writeFile(join(cwd, 'other.onnx'), Buffer.concat([bytesField(7), ...own]));
      const shown = '\\u001b[2J\\u009b31mgone"';
      for (const path of ['voice.onnx', 'other.onnx']) {
        const { code, stdout } = await runMain(['info', path], { cwd });
        expect(code).toBe(0);
        expect(['\x1b', '\x9b'].filter((one) => stdout.includes(one))).toEqual([]);
        for (const row of ['name', 'data', 'licence']) {
          expect(stdout.split('\n').map((line) => line.replace(/ +/, ' '))).toContain(
            `${row} "${row}${shown}`,
          );
        }
        expect(stdout).toContain(`"${long}${shown}`);
        expect(stdout.includes(`"key${shown}`)).toBe(path === 'other.onnx');
        expect(stdout.includes(`"value${shown}`)).toBe(path === 'other.onnx');
      }
      const { metadata } = JSON.parse(
        (await runMain(['info', 'other.onnx', '--json'], { cwd })).stdout,
      );
      expect(metadata[`key${evil}`]).toBe(`value${evil}`);
    }));

  it('says what is broken in an exported file, before anything is computed', () =>
    inSynthWorkshop(async (cwd) => {
      const exported = await runMain(['export', 'run', '-o', 'saved'], { cwd });
      expect(exported.code, exported.stderr).toBe(0);
      await writeFile(join(cwd, 'saved', 'mel-profile.json'), '{"log"');
      const info = await runMain(['info', 'saved'], { cwd });
      expect(info.stderr).toMatch(/saved\/mel-profile\.json: must be JSON, because it says what/);
    }));

  it('of weights beside their configuration tells what the folder does', () =>
    inSynthWorkshop(async (cwd) => {
      const info = async (path: string) => {
        const { stdout } = await runMain(['info', path, '--json'], { cwd });
        return JSON.parse(stdout);
      };
      const file = 'run/g_00000100.safetensors';
      const [alone, folder] = [await info(file), await info('run')];
      expect(alone.kind).toBe('weights');
      expect(alone.generator).toEqual(folder.generator);
      expect(alone.config).toEqual(folder.config);
      expect(alone.config.parameters).toBeGreaterThan(0);
      expect(alone.profile).toMatchObject({
        samplingRate: 8000,
        hopSize: 64,
        mels: 12,
        fmax: 4000,
      });
      const { stdout } = await runMain(['info', file], { cwd });
      expect(stdout).toMatch(/^audio +8000 Hz, 125\.0 frames a second$/m);
      expect(stdout).toMatch(/^profile +8000 Hz, hop 64 .*natural logarithm/m);
      // Of a bundle the mel that it states, whatever the configuration would mean.
      await runMain(['pack', 'run', '-o', 'b', '--licence', 'MIT'], { cwd });
      const path = join(cwd, 'b', 'bundle.json');
      const manifest = JSON.parse(await readFile(path, 'utf8'));
      const other = { ...manifest, mel: { ...manifest.mel, log: 'log10' } };
      await writeFile(path, JSON.stringify(other));
      expect((await info('b/generator.safetensors')).profile).toEqual(other.mel);
      // Where they do not belong together, nothing is taken from it.
      const config = JSON.parse(await readFile(join(cwd, 'run', 'config.json'), 'utf8'));
      const wide = { ...config, upsample_initial_channel: 16 };
      await writeFile(join(cwd, 'run', 'config.json'), JSON.stringify(wide));
      const misfit = await info(file);
      expect(misfit.misfit).toMatch(/upsample_initial_channel/);
      expect(misfit).not.toHaveProperty('profile');
    }));
});
