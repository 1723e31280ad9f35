import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  isNamedArray,
  type NamedArray,
  OrderedDict,
  readNpy,
  readSafetensors,
  readTorch,
  type TorchValue,
  writeNpy,
  writeSafetensors,
  writeTorch,
} from '@hifigan/checkpoint';
import { expectClose } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { inFolder, runMain } from '../testing.js';
import { inSynthWorkshop, readRecording } from '../testing-synth.js';

/** A golden of another program's generator, out of @hifigan/vocoder. */
async function foreign(name: string) {
  const path = new URL(
    `../../../vocoder/src/fixtures/foreign-${name}.safetensors`,
    import.meta.url,
  );
  const { arrays, metadata } = readSafetensors(await readFile(fileURLToPath(path)));
  const state = [...arrays].filter(([key]) => key.startsWith('state/'));
  const { shape, data } = arrays.get('mel')!;
  const [frames, mels] = shape;
  const turned = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++)
    turned[(i % mels) * frames + Math.floor(i / mels)] = Number(data[i]);
  return {
    config: metadata.config,
    state: new Map(state.map(([key, array]) => [key.slice('state/'.length), array])),
    mel: writeNpy({ shape: [mels, frames], data: turned }),
    audio: Float32Array.from(arrays.get('audio')!.data as Float64Array),
  };
}

/** A folder with SpeechT5HifiGan as `st`, ParallelWaveGAN's as `pwg`, and a mel of each. */
const inForeign = (
  work: (
    hifigan: (...argv: string[]) => ReturnType<typeof runMain>,
    cwd: string,
    audio: { readonly st: Float32Array; readonly pwg: Float32Array },
  ) => Promise<void>,
) =>
  inFolder(async (cwd) => {
    const [st, pwg] = [await foreign('transformers-speecht5'), await foreign('parallel-wavegan')];
    await mkdir(join(cwd, 'st'));
    await mkdir(join(cwd, 'pwg'));
    await writeFile(join(cwd, 'st', 'config.json'), st.config);
    await writeFile(join(cwd, 'st', 'model.safetensors'), writeSafetensors(st.state));
    await writeFile(join(cwd, 'pwg', 'config.yml'), pwg.config);
    const model = new Map([['generator', new OrderedDict(pwg.state)]]);
    const checkpoint = writeTorch(
      new Map<string, typeof model | number>([
        ['model', model],
        ['steps', 70],
      ]),
    );
    await writeFile(join(cwd, 'pwg', 'checkpoint-70steps.pkl'), checkpoint);
    await writeFile(join(cwd, 'st.npy'), st.mel);
    await writeFile(join(cwd, 'pwg.npy'), pwg.mel);
    await work((...argv) => runMain(argv, { cwd }), cwd, { st: st.audio, pwg: pwg.audio });
  });

const speak = (mel: string, checkpoint: string) => [
  ...['synth', `${mel}.npy`, '-o', 'out.wav', '--force', '--format', 'float32'],
  ...['--backend', 'cpu', '--checkpoint', checkpoint],
];

async function heard(cwd: string): Promise<Float32Array> {
  return (await readRecording(join(cwd, 'out.wav'))).channels[0];
}

describe('checkpoints of other programs', () => {
  it('speak, as folders and as files', () =>
    inForeign(async (hifigan, cwd, audio) => {
      for (const [mel, checkpoint] of [
        ['st', 'st'],
        ['st', 'st/model.safetensors'],
        ['pwg', 'pwg'],
        ['pwg', 'pwg/checkpoint-70steps.pkl'],
      ] as const) {
        const run = await hifigan(...speak(mel, checkpoint));
        expect(run.code, run.stderr).toBe(0);
        expectClose(await heard(cwd), audio[mel], { max: 1e-4 });
      }
    }));
});

describe('hifigan convert', () => {
  it('makes bundles that sound the same, with the normalisation', () =>
    inForeign(async (hifigan, cwd, audio) => {
      const run = await hifigan('convert', 'st', 'voice', '--json');
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
        ['own/g.safetensors', 'second', '--to', 'bundle'],
      ]) {
        const run = await hifigan('convert', from, to, ...more);
        expect(run.code, run.stderr).toBe(0);
        expect(run.stdout).toBe(`${to}\n`);
        expect((await hifigan(...speak('pwg', to))).code).toBe(0);
        expectClose(await heard(cwd), audio.pwg, { max: 1e-4 });
      }
      const torch = readTorch(await readFile(join(cwd, 'g_00000070')));
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
      expect(lost.stderr).toMatch(/--to torch: has no place for the mean and scale/);
      expect((await hifigan('convert', 'pwg', 'x.safetensors', '--to', 'torch')).code).toBe(2);
      expect((await hifigan('convert', 'pwg', 'x', '--to', 'coqui')).code).toBe(2);
      expect((await hifigan('convert', 'pwg', 'out/g.pth')).code).toBe(0);
      const again = await hifigan('convert', 'pwg', 'out/g.pth');
      expect(again.stderr).toMatch(/out\/g\.pth: exists already; .*--force/);
      expect((await hifigan('convert', 'pwg', 'out/g.pth', '--force')).code).toBe(0);
      await writeFile(join(cwd, 'config.json'), '{}');
      const beside = await hifigan('convert', 'pwg', 'g.pth');
      expect(beside.stderr).toMatch(/config\.json: is there already and is another model’?'?s/);
      expect(await readdir(join(cwd, 'out'))).toHaveLength(2);
      expect(await readdir(cwd)).not.toContain('g.pth');
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

  it('with --training turns a checkpoint of a run into the pair that the reference goes on from', () =>
    inSynthWorkshop(async (cwd) => {
      const hifigan = (...argv: string[]) => runMain(argv, { cwd });
      const alone = await hifigan('convert', 'run', 'torch/g_00000100', '--training');
      expect(alone.stderr).toMatch(/run\/g_00000100\.safetensors: has no do_00000100\.safetensors/);
      const training = await trainingOf(join(cwd, 'run', 'g_00000100.safetensors'));
      await writeFile(
        join(cwd, 'run', 'do_00000100.safetensors'),
        writeSafetensors(training.arrays, training.metadata),
      );
      const run = await hifigan('convert', 'run', 'torch/g_00000100', '--training');
      expect(run.code, run.stderr).toBe(0);
      const names = ['config.json', 'do_00000100', 'g_00000100'];
      expect((await readdir(join(cwd, 'torch'))).sort()).toEqual(names);
      const value = readTorch(await readFile(join(cwd, 'torch', 'do_00000100')));
      const at = (...path: readonly (string | number)[]) =>
        path.reduce<TorchValue | undefined>(
          (inner, key) => (inner instanceof Map ? inner.get(key) : undefined),
          value,
        );
      expect(at('steps')).toBe(100);
      expect(at('optim_g', 'state', 0, 'step')).toMatchObject({ data: Float32Array.of(101) });
      expect(at('optim_d', 'state', 1, 'exp_avg')).toEqual(
        training.arrays.get('optim_d.exp_avg.mpd.bias'),
      );
      const otherwise = await hifigan('convert', 'run', 'torch/g_00000005', '--training');
      expect(otherwise.stderr).toMatch(/g_00000005: must be g_00000100/);
      expect((await hifigan('convert', 'run', 'voice', '--training')).code).toBe(2);
    }));
});

/** What a training would have left beside a generator, with discriminators of one array. */
async function trainingOf(generator: string) {
  let next = 0;
  const filled = (shape: readonly number[]) => {
    const length = shape.reduce((product, n) => product * n, 1);
    return { shape, data: Float32Array.from({ length }, () => ++next / 8) };
  };
  const arrays = new Map<string, NamedArray>();
  const parameters = readSafetensors(await readFile(generator)).arrays;
  for (const [name, { shape }] of parameters) {
    arrays.set(`optim_g.exp_avg.${name}`, filled(shape));
    arrays.set(`optim_g.exp_avg_sq.${name}`, filled(shape));
  }
  for (const network of ['msd', 'mpd']) {
    arrays.set(`${network}.bias`, filled([2]));
    arrays.set(`optim_d.exp_avg.${network}.bias`, filled([2]));
    arrays.set(`optim_d.exp_avg_sq.${network}.bias`, filled([2]));
  }
  const metadata = {
    ...{ format: 'hifigan-training', version: '1', steps: '100', epoch: '3', seed: '7' },
    ...{ next_epoch: '3', next_batch: '1', adversarial_start: '0' },
    ...{ optim_g_updates: '101', optim_d_updates: '101' },
  };
  return { arrays, metadata };
}
