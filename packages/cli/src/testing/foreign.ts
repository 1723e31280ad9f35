import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  OrderedDict,
  readSafetensors,
  writeNpy,
  writeSafetensors,
  writeTorch,
} from '@hifigan/checkpoint';
import { type ForeignGenerator, readForeign } from '@hifigan/vocoder';
import { inFolder, runMain } from './run-main.js';
import { readRecording } from './synth.js';

/** A golden of another program's generator, out of @hifigan/vocoder. */
export async function foreign(name: string) {
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

/** What each program calls its configuration and its weights, in safetensors. */
const FILES: readonly (readonly [beginning: string, config: string, weights: string])[] = [
  ['transformers', 'config.json', 'model.safetensors'],
  ['coqui', 'config.json', 'model.safetensors'],
  ['nemo', 'model_config.yaml', 'model_weights.safetensors'],
  ['parallel-wavegan', 'config.yml', 'model.safetensors'],
  ['espnet', 'config.yaml', 'model.safetensors'],
];

/** Puts a golden of @hifigan/vocoder into a folder, as its program has it; JSON is YAML. */
export async function putForeign(cwd: string, name: string, folder: string): Promise<void> {
  const { config, state } = await foreign(name);
  const [, configName, weights] = FILES.find(([beginning]) => name.startsWith(beginning))!;
  await mkdir(join(cwd, folder));
  await writeFile(join(cwd, folder, configName), config);
  await writeFile(join(cwd, folder, weights), writeSafetensors(state));
}

/** A `.nemo` as NeMo saves it: a tar archive, with gzip or not, of the configuration and PyTorch's weights. */
export async function putNemo(cwd: string, file: string, gzip: boolean): Promise<void> {
  const { config, state } = await foreign('nemo');
  const folder = await mkdtemp(join(cwd, '.nemo-'));
  await writeFile(join(folder, 'model_config.yaml'), config);
  await writeFile(join(folder, 'model_weights.ckpt'), writeTorch(new OrderedDict(state)));
  await run('tar', ['-C', folder, gzip ? '-czf' : '-cf', join(cwd, file), '.']);
  await rm(folder, { recursive: true });
}

const run = promisify(execFile);

/** A folder with SpeechT5HifiGan as `st`, ParallelWaveGAN's as `pwg`, and a mel of each. */
export const inForeign = (
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

/** A model in a folder, as another program left it. */
export async function readForeignAt(cwd: string, name: string): Promise<ForeignGenerator> {
  const folder = join(cwd, name);
  const read = (file: string) => readFile(join(folder, file));
  return readForeign({ names: await readdir(folder), read });
}

/** The mel that it takes. */
export const profileAt = async (cwd: string, name: string) =>
  (await readForeignAt(cwd, name)).profile;

/** The words that speak a mel of the folder into `out.wav`, in plain JavaScript. */
export const speak = (mel: string, checkpoint: string) => [
  ...['synth', `${mel}.npy`, '-o', 'out.wav', '--force', '--format', 'float32'],
  ...['--backend', 'cpu', '--checkpoint', checkpoint],
];

/** What `out.wav` holds. */
export async function heard(cwd: string): Promise<Float32Array> {
  return (await readRecording(join(cwd, 'out.wav'))).channels[0];
}
