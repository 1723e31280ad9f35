import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convertMel, createProfileAnalysis, melProfile } from '@hifigan/audio';
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
import { type ForeignGenerator, melToArray, openBundle, readForeign } from '@hifigan/vocoder';
import { describe, expect, it } from 'vitest';
import { loudestFrames } from '../model/golden-mel.js';
import { writeTone } from '../testing/audio.js';
import { inFolder, runMain } from '../testing/run-main.js';
import { inSynthWorkshop, readRecording } from '../testing/synth.js';

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

async function readForeignAt(cwd: string, name: string): Promise<ForeignGenerator> {
  const folder = join(cwd, name);
  const read = (file: string) => readFile(join(folder, file));
  return readForeign({ names: await readdir(folder), read });
}

const profileAt = async (cwd: string, name: string) => (await readForeignAt(cwd, name)).profile;

const speak = (mel: string, checkpoint: string) => [
  ...['synth', `${mel}.npy`, '-o', 'out.wav', '--force', '--format', 'float32'],
  ...['--backend', 'cpu', '--checkpoint', checkpoint],
];

/** An exported file is computed by its own library. */
const BACKEND = ['--backend', 'cpu'];

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

describe('hifigan info', () => {
  it('tells what folders and files of other programs are', () =>
    inForeign(async (hifigan, cwd) => {
      for (const [path, program, normalised] of [
        ['st', 'transformers', true],
        ['st/model.safetensors', 'transformers', true],
        ['pwg', 'parallel-wavegan', false],
        ['pwg/checkpoint-70steps.pkl', 'parallel-wavegan', false],
      ] as const) {
        const { code, stdout, stderr } = await hifigan('info', path);
        expect(code, stderr).toBe(0);
        const [title, ...rows] = stdout.split('\n\n')[0].split('\n');
        expect(title).toBe(`${path}: generator of another program (${program})`);
        const names = rows.map((row) => row.split(/ {2,}/)[0]);
        expect(new Set(names).size, stdout).toBe(names.length);
        expect(stdout).toMatch(/^logarithm +log10, at least 1e-10$/m);
        const json = JSON.parse((await hifigan('info', path, '--json')).stdout);
        expect(json).toMatchObject({ path, program, normalised, profile: { log: 'log10' } });
      }
      expect((await hifigan('convert', 'st', 'voice')).code).toBe(0);
      const bundle = await hifigan('info', 'voice');
      expect(bundle.stdout).toMatch(/^profile .*logarithm of base 10, at least 1e-10/m);
      expect((await readdir(cwd)).sort()).toContain('voice');
    }));
});

describe('recordings for models of other programs', () => {
  it('become the mel of the model’s own front end', () =>
    inForeign(async (hifigan, cwd) => {
      const { samplingRate } = await profileAt(cwd, 'st');
      await writeTone(cwd, 'a.wav', { samplingRate, format: 'float32', seconds: 0.3 });
      const { channels } = await readRecording(join(cwd, 'a.wav'));
      const profile = await profileAt(cwd, 'st');
      expect(profile).toMatchObject({ log: 'log10', floor: 1e-10, framing: 'centred' });
      const own = createProfileAnalysis(profile).analyze(channels[0]);
      await writeFile(join(cwd, 'own.npy'), writeNpy(melToArray(own)));
      expect((await hifigan('convert', 'st', 'voice')).code).toBe(0);
      for (const checkpoint of ['st', 'voice']) {
        const stored = await hifigan(...speak('own', checkpoint));
        expect(stored).toMatchObject({ code: 0 });
        expect(stored.stderr).not.toMatch(/look like/);
        const wanted = await heard(cwd);
        const recorded = await hifigan(...speak('own', checkpoint).with(1, 'a.wav'));
        expect(recorded.code, recorded.stderr).toBe(0);
        expect(await heard(cwd)).toEqual(wanted);
        const mel = ['mel', 'a.wav', '-o', 'told.npy', '--force', '--checkpoint', checkpoint];
        expect(await hifigan(...mel)).toMatchObject({ code: 0 });
        expect(readNpy(await readFile(join(cwd, 'told.npy')))).toEqual(melToArray(own));
      }
    }));

  it('is what mels of named conventions are converted to', () =>
    inForeign(async (hifigan, cwd) => {
      const from = melProfile('hifigan')!;
      const audio = await writeTone(cwd, 'a.wav', { samplingRate: 22050, seconds: 0.5 });
      const mel = createProfileAnalysis(from).analyze(audio);
      await writeFile(join(cwd, 'theirs.npy'), writeNpy(melToArray(mel)));
      const { mel: own } = convertMel(mel, from, await profileAt(cwd, 'st'));
      await writeFile(join(cwd, 'own.npy'), writeNpy(melToArray(own)));
      expect((await hifigan(...speak('own', 'st'))).code).toBe(0);
      const wanted = await heard(cwd);
      const run = await hifigan(...speak('theirs', 'st'), '--mel-profile', 'hifigan');
      expect(run.code, run.stderr).toBe(0);
      expect(run.stderr).toMatch(/theirs\.npy: converted from hifigan; /);
      expect(await heard(cwd)).toEqual(wanted);
    }));

  it('become that mel for exported files, too', () =>
    inForeign(async (hifigan, cwd) => {
      const profile = await profileAt(cwd, 'pwg');
      const { samplingRate } = profile;
      await writeTone(cwd, 'a.wav', { samplingRate, format: 'float32', seconds: 0.3 });
      expect((await hifigan(...speak('own', 'pwg').with(1, 'a.wav'))).code).toBe(0);
      const wanted = await heard(cwd);
      expect((await hifigan('export', 'pwg', '-o', 'pwg.onnx')).code).toBe(0);
      const onnx = ['synth', 'a.wav', '-o', 'out.wav', '--force', '--format', 'float32'];
      const run = await hifigan(...onnx, '--checkpoint', 'pwg.onnx');
      expect(run.code, run.stderr).toBe(0);
      expectClose(await heard(cwd), wanted, { max: 1e-4 });
      expect((await hifigan('export', 'pwg', '-o', 'saved')).code).toBe(0);
      const beside = await readFile(join(cwd, 'saved', 'mel-profile.json'), 'utf8');
      expect(JSON.parse(beside)).toEqual(profile);
    }));

  it('are exported with their normalisation, and sound the same', () =>
    inForeign(async (hifigan, cwd, audio) => {
      const run = await hifigan('export', 'st', '-o', 'st.onnx');
      expect(run.code, run.stderr).toBe(0);
      const spoken = await hifigan(
        ...speak('st', 'st.onnx').filter((word) => !BACKEND.includes(word)),
      );
      expect(spoken.code, spoken.stderr).toBe(0);
      expectClose(await heard(cwd), audio.st, { max: 1e-4 });
      const again = await hifigan('export', 'st', '-o', 'st.onnx');
      expect(again.stderr).toMatch(/st\.onnx: exists already/);
    }));

  it('keep their mel in a bundle, sealed', () =>
    inForeign(async (hifigan, cwd) => {
      expect((await hifigan('convert', 'st', 'voice')).code).toBe(0);
      const profile = await profileAt(cwd, 'st');
      const { samplingRate } = profile;
      const audio = await writeTone(cwd, 'a.wav', { samplingRate, format: 'float32' });
      const own = createProfileAnalysis(profile).analyze(audio);
      const packed = ['pack', 'voice', '-o', 'again', '--licence', 'MIT', '--golden', 'a.wav'];
      expect((await hifigan(...packed)).code).toBe(0);
      const again = await openBundle((file) => readFile(join(cwd, 'again', file)));
      expect((await again.golden?.())?.mel).toEqual(loudestFrames(own));
      expect((await hifigan('info', 'again', '--verify')).code).toBe(0);
      for (const name of ['voice', 'again']) {
        const bundle = await openBundle((file) => readFile(join(cwd, name, file)));
        expect(bundle.profile).toEqual(profile);
        expect(bundle.statistics).toEqual((await readForeignAt(cwd, 'st')).statistics);
        const path = join(cwd, name, 'generator.safetensors');
        const { arrays } = readSafetensors(await readFile(path));
        const scale = Float64Array.from(arrays.get('scale')!.data as Float64Array);
        scale[0] *= 2;
        const moved = new Map(arrays).set('scale', { shape: [scale.length], data: scale });
        await writeFile(path, writeSafetensors(moved));
        await expect(openBundle((file) => readFile(join(cwd, name, file)))).rejects.toThrow(
          /generator\.safetensors/,
        );
      }
    }));
});

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
      // And back, to the same bits.
      const back = await hifigan(
        'convert',
        'torch/g_00000100',
        'ours/g_00000100.safetensors',
        '--training',
      );
      expect(back.code, back.stderr).toBe(0);
      const ours = ['config.json', 'do_00000100.safetensors', 'g_00000100.safetensors'];
      expect((await readdir(join(cwd, 'ours'))).sort()).toEqual(ours);
      const again = readSafetensors(await readFile(join(cwd, 'ours', ours[1])));
      expect(again.metadata).toEqual(training.metadata);
      expect(new Map([...again.arrays].sort())).toEqual(new Map([...training.arrays].sort()));
      const generators = ['run', 'ours'].map((name) => join(cwd, name, ours[2]));
      const [one, other] = await Promise.all(generators.map((path) => readFile(path)));
      expect(readSafetensors(other).arrays).toEqual(readSafetensors(one).arrays);
      // What the reference was set to and the configuration is not, is told.
      const group = at('optim_g', 'param_groups');
      ((group as TorchValue[])[0] as Map<string, TorchValue>).set('betas', [0.5, 0.9]);
      await writeFile(join(cwd, 'torch', 'do_00000100'), writeTorch(value));
      const command = ['convert', 'torch/g_00000100', 'ours/g_00000100.safetensors', '--training'];
      const there = await hifigan(...command);
      expect(there.stderr).toMatch(/do_00000100\.safetensors: exists already/);
      const told = await hifigan(...command, '--force');
      expect(told.code, told.stderr).toBe(0);
      expect(told.stderr).toMatch(
        /do_00000100: optim_g: betas=0\.5, 0\.9, where adam_b1, adam_b2 /,
      );
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
