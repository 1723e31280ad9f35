import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { melProfile } from '@hifigan/audio';
import {
  OrderedDict,
  readSafetensors,
  type TorchValue,
  writeNpz,
  writeSafetensors,
  writeTorch,
} from '@hifigan/checkpoint';
import { describe, expect, it } from 'vitest';
import { inForeign, putForeign } from '../testing/foreign.js';
import { inFolder, runMain } from '../testing/run-main.js';
import { inSynthWorkshop } from '../testing/synth.js';

const spoken = (path: string) =>
  new RegExp(
    `^next +hifigan synth MEL\\.npy -o OUT\\.wav --checkpoint ${path} \\(or recordings`,
    'm',
  );

describe('hifigan info says what one may do next', () => {
  it('with weights, runs, and PyTorch files, whole, spoilt and nested', () =>
    inSynthWorkshop(async (cwd) => {
      const hifigan = (...argv: string[]) => runMain(argv, { cwd });
      const info = async (path: string) => {
        const run = await hifigan('info', path);
        expect(run, run.stderr).toMatchObject({ code: 0, stderr: '' });
        return run.stdout;
      };
      expect(await info('run')).toMatch(spoken('run'));
      expect(await info('run')).toMatch(
        /^next .*hifigan report run -o REPORT\.html; hifigan pack run/m,
      );
      const weights = 'run/g_00000100.safetensors';
      expect(await info(weights)).toMatch(spoken(weights));
      expect((await hifigan('pack', 'run', '-o', 'bundle', '--licence', 'MIT')).code).toBe(0);
      expect(await info('bundle')).toMatch(spoken('bundle'));

      const { arrays } = readSafetensors(await readFile(join(cwd, weights)));
      const put = async (name: string, value: TorchValue) => {
        await mkdir(join(cwd, name), { recursive: true });
        await writeFile(join(cwd, name, 'x.pth'), writeTorch(value));
        await writeFile(
          join(cwd, name, 'config.json'),
          await readFile(join(cwd, 'run', 'config.json')),
        );
      };
      const state = new OrderedDict(arrays);
      await put('nested', new Map([['net', new Map([['generator', state]])]]));
      const nested = await info('nested/x.pth');
      expect(nested).toMatch(/^arrays .*, float32$/m);
      expect(nested).toMatch(/^size +\d/m);
      expect(nested).toMatch(/^notes +nested\/x\.pth: the generator was found as net → generator/m);
      const converted = await hifigan('convert', 'nested/x.pth', 'out');
      expect(converted.code, converted.stderr).toBe(0);
      expect(converted.stderr).toMatch(
        /nested\/x\.pth: the generator was found as net → generator/,
      );

      const bias = arrays.get('conv_pre.bias')!;
      const data = (bias.data as Float32Array).map(() => Number.NaN);
      await put('spoilt', new OrderedDict([...arrays, ['conv_pre.bias', { ...bias, data }]]));
      const spoilt = await info('spoilt/x.pth');
      expect(spoilt).toMatch(/^not finite +conv_pre\.bias$/m);
      expect(spoilt).toMatch(/^next +none: weights that are no numbers make no sound/m);
      expect((await hifigan('convert', 'spoilt/x.pth', 'out2')).stderr).toMatch(
        /holds NaN and must/,
      );

      // What an object of another class would be, read as a dictionary.
      const odd: TorchValue = new Map<string, TorchValue>([['__class__', 'omegaconf.DictConfig']]);
      await writeFile(
        join(cwd, 'lone.pth'),
        writeTorch(
          new Map<string, TorchValue>([
            ['generator', state],
            ['cfg', odd],
          ]),
        ),
      );
      expect(await info('lone.pth')).toMatch(
        /^objects +it holds objects made by omegaconf\.DictConfig, /m,
      );

      const module = (parts: Record<string, TorchValue>): TorchValue =>
        new Map<string, TorchValue>([
          ['__class__', 'models.Generator'],
          ['_modules', new Map(Object.entries(parts))],
        ]);
      const parameters = new Map([['_parameters', new Map([['bias', bias]])]]);
      await writeFile(
        join(cwd, 'module.pth'),
        writeTorch(new Map([['net', module({ conv_pre: parameters, conv_post: parameters })]])),
      );
      const whole = await info('module.pth');
      expect(whole).toMatch(/^network +a whole model as Python objects/m);
      expect(whole).toMatch(/^next .*weights_only=False\)\["net"\]\.state_dict\(\)/m);
      expect(whole).toMatch(/^objects +it holds objects made by models\.Generator, /m);
      await writeFile(
        join(cwd, 'dotted.pth'),
        writeTorch(new Map([['a.b', new Map([[3, module({ conv_pre: parameters })]])]])),
      );
      // By PyTorch itself: beside its magnitudes a layer has what was last made of them.
      const real = fileURLToPath(
        new URL('../../../vocoder/src/fixtures/torch-module.pth', import.meta.url),
      );
      const told = await info(real);
      expect(told).toMatch(/^network +a whole model as Python objects/m);
      expect(told).toMatch(/^next .*weights_only=False\)\.state_dict\(\)/m);
      // A configuration beside it makes no weights of it.
      await copyFile(real, join(cwd, 'run', 'module.pth'));
      expect(await info(join('run', 'module.pth'))).toMatch(/^network +a whole model as Python/m);
      // What a file says of itself reaches no terminal as it is.
      const speaking = writeSafetensors(
        new Map([['a', { shape: [1], data: Float32Array.of(1) }]]),
        { 't\u001b[2J': 'x\u001b]0;owned\u0007\nline' },
      );
      await writeFile(join(cwd, 'spoken.safetensors'), speaking);
      const escaped = await info('spoken.safetensors');
      expect(escaped).toContain('"x\\u001b]0;owned\\u0007\\nline"');
      for (const unseen of ['\u001b', '\u0007']) expect(escaped).not.toContain(unseen);
      expect(await info(real.replace('module', 'lightning'))).toMatch(/^network +generator, /m);
      const beside = new Map([
        ['generator', state],
        ['loss', module({ a: parameters })],
      ]);
      await writeFile(join(cwd, 'beside.pth'), writeTorch(beside));
      expect(await info('beside.pth')).toMatch(/^network +generator, /m);
      expect(await info('dotted.pth')).toMatch(
        /^next .*weights_only=False\)\["a\.b"\]\[3\]\.state_dict\(\)/m,
      );
      await writeFile(join(cwd, 'm.npy'), '');
      const wrong = await hifigan(
        'synth',
        'm.npy',
        '-o',
        'o.wav',
        '--checkpoint',
        'lone.pth',
        '-c',
        'v1',
      );
      expect(wrong.stderr).toMatch(/the configuration, v1, is another model’s/);
    }));

  it('with arrays by name', () =>
    inSynthWorkshop(async (cwd) => {
      const hifigan = (...argv: string[]) => runMain(argv, { cwd });
      const weights = readSafetensors(await readFile(join(cwd, 'run', 'g_00000100.safetensors')));
      await writeFile(join(cwd, 'weights.npz'), writeNpz(weights.arrays));
      const mel = { shape: [80, 30], data: new Float32Array(2400) };
      await writeFile(
        join(cwd, 'mel.npz'),
        writeNpz(
          new Map([
            ['pitch', { ...mel, shape: [2400] }],
            ['S', mel],
          ]),
        ),
      );
      const save = 'numpy.save("mel.npy", numpy.load("mel.npz")';
      expect((await hifigan('info', 'mel.npz')).stdout).toContain(`${save}["S"])`);
      expect((await hifigan('info', 'weights.npz')).stdout).toMatch(
        /^next +its configuration is missing, .*put config\.json beside it, .*--checkpoint weights\.npz --config CONFIG$/m,
      );
      const check = await hifigan('mel', '--check', 'mel.npz');
      expect(check).toMatchObject({ code: 1 });
      expect(check.stdout).toContain(`→ save the mel alone, in Python: ${save}["NAME"])`);
      expect((await hifigan('synth', 'mel.npz', '-o', 'o.wav')).stderr).toContain(
        `${save}["NAME"])`,
      );
      await writeFile(join(cwd, 'm.npy'), '');
      const given = await hifigan('synth', 'm.npy', '-o', 'o.wav', '--checkpoint', 'weights.npz');
      expect(given.stderr).toMatch(
        /weights\.npz: it is NumPy arrays \(\.npz\), and must have the configuration of its generator beside it/,
      );
      // With its configuration it is a model, as a file and as a folder.
      await mkdir(join(cwd, 'np'));
      await copyFile(join(cwd, 'run', 'config.json'), join(cwd, 'np', 'config.json'));
      await copyFile(join(cwd, 'weights.npz'), join(cwd, 'np', 'weights.npz'));
      for (const path of ['np/weights.npz', 'np']) {
        expect((await hifigan('info', path)).stdout).toMatch(spoken(path));
      }
      const [made, plain] = ['np/weights.npz', 'run'].map((path, i) => ['convert', path, `b${i}`]);
      expect((await hifigan(...made)).stderr).not.toContain('error');
      expect((await hifigan(...plain)).stderr).not.toContain('error');
      const generator = (folder: string) => readFile(join(cwd, folder, 'generator.safetensors'));
      expect(readSafetensors(await generator('b0')).arrays).toEqual(
        readSafetensors(await generator('b1')).arrays,
      );
    }));

  it('with arrays by name that are damaged, where another advice would fail', () =>
    inFolder(async (cwd) => {
      const hifigan = (...argv: string[]) => runMain(argv, { cwd });
      const mel = { shape: [80, 30], data: new Float32Array(2400) };
      const bytes = writeNpz(new Map([['mel', mel]]));
      await writeFile(join(cwd, 'cut.npz'), bytes.subarray(0, 5000));
      bytes[5000] ^= 1;
      await writeFile(join(cwd, 'damaged.npz'), bytes);
      for (const [name, what] of [
        ['cut.npz', 'it has no directory at its end: it is cut off'],
        ['damaged.npz', 'mel.npy does not match its checksum: it is damaged'],
      ]) {
        const told = `not a readable .npz file: ${what}. Copy or download it again, or make it again with numpy.savez(`;
        for (const argv of [
          ['info', name],
          ['synth', name, '-o', 'o.wav', '--backend', 'cpu'],
          ['mel', name, '-o', 'o.npy'],
        ]) {
          const { code, stderr } = await hifigan(...argv);
          expect(code).toBe(1);
          expect(stderr).toContain(told);
          expect(stderr).not.toContain('numpy.save(');
        }
        const { stdout } = await hifigan('mel', '--check', name);
        expect(stdout).toContain(`→ ${told}`);
        expect(stdout).not.toContain('numpy.save(');
      }
    }));
});

describe('hifigan info tells of a model’s mels', () => {
  it('where their mean and scale are, or would be', () =>
    inForeign(async (hifigan) => {
      expect((await hifigan('info', 'st')).stdout).toMatch(
        /^normalised +by the mean and scale in st\/model\.safetensors$/m,
      );
      expect((await hifigan('info', 'pwg')).stdout).toMatch(
        /^normalised +it must be, and is not: mean and scale are looked for in pwg\/stats\.h5 and pwg\/stats\.npy/m,
      );
    }));

  it('how their floor is kept', () =>
    inFolder(async (cwd) => {
      await putForeign(cwd, 'nemo', 'nemo');
      const config = join(cwd, 'nemo', 'model_config.yaml');
      const facts = JSON.parse(await readFile(config, 'utf8'));
      facts.preprocessor.log_zero_guard_type = 'add';
      await writeFile(config, JSON.stringify(facts));
      const { stdout } = await runMain(['info', 'nemo'], { cwd });
      expect(stdout).toMatch(/^logarithm +natural, [\d.e-]+ added to all$/m);
      expect(stdout).toMatch(/^profile .*natural logarithm, [\d.e-]+ added to all, /m);
      await writeFile(join(cwd, 'p.json'), JSON.stringify(melProfile('hifigan')));
      expect((await runMain(['info', 'p.json'], { cwd })).stdout).toMatch(/at least 0\.00001/);
    }));
});

describe('one name for one thing', () => {
  it('--profile points to --mel-profile', async () => {
    const run = await runMain(['mel', 'a.wav', '-o', 'a.npy', '--profile', 'espnet'], { cwd: '.' });
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/It is called --mel-profile, as it is for synth/);
    const help = await runMain(['mel', '--help'], { cwd: '.' });
    expect(help.stdout).not.toMatch(/ --profile/);
    const { stdout } = await runMain(['synth', '--help'], { cwd: '.' });
    for (const word of ['.pth', '.ckpt', 'ParallelWaveGAN', '.nemo', '.onnx', 'RUN:best']) {
      expect(stdout).toContain(word);
    }
  });
});
