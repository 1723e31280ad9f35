import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { registerWasmBackend } from '@hifigan/backend-wasm';
import { readSafetensors } from '@hifigan/checkpoint';
import { type HifiGanConfig, presets, readConfig } from '@hifigan/config';
import {
  exportState,
  Generator,
  importState,
  type UpstreamArray,
  type UpstreamArrays,
} from '@hifigan/models';
import { hashedState, oddGenerators, uniform } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';

/** Presets, and what is odd where they are even. */
export const CONFIGS: Readonly<Record<string, HifiGanConfig>> = {
  ...{ v1: presets.v1, v2: presets.v2, v3: presets.v3 },
  ...Object.fromEntries(
    Object.entries(oddGenerators).map(([name, odd]) => [
      name,
      { ...presets.v1, ...odd, hop_size: odd.upsample_rates.reduce((a, b) => a * b) },
    ]),
  ),
};

export const ODD = Object.keys(CONFIGS).filter((name) => !/^v\d$/.test(name));

/** A model and what it says. */
export interface Model {
  readonly config: HifiGanConfig;
  readonly weights: UpstreamArrays;
  /** What its mels are normalised with. */
  readonly statistics?: { readonly mean: Float32Array; readonly scale: Float32Array };
}

/** Weights from their names, with weight norm, large enough for a loud signal. */
export async function hashedModel(name: string): Promise<Model> {
  await tf.setBackend('cpu');
  const config = CONFIGS[name];
  const empty = Generator.empty(config);
  const shapes = new Map([...(await exportState(empty))].map(([key, { shape }]) => [key, shape]));
  empty.dispose();
  const state = hashedState(shapes, { gain: 1.6 });
  const weights = new Map<string, UpstreamArray>(
    [...state].map(([key, data]) => [key, { shape: shapes.get(key)!, data }]),
  );
  return { config, weights };
}

/** A model that normalises its mels, each band by numbers of its own. */
export async function normalisingModel(name: string): Promise<Required<Model>> {
  const model = await hashedModel(name);
  const { num_mels: mels } = model.config;
  const mean = uniform(mels, 3).map((value) => 3 * value - 4);
  const scale = uniform(mels, 4).map((value) => 0.5 + value);
  return { ...model, statistics: { mean, scale } };
}

/** The packaged voice: trained weights. */
export async function voice(): Promise<Model> {
  const folder = join(
    dirname(createRequire(import.meta.url).resolve('@hifigan/voice/package.json')),
    'bundle',
  );
  const { config } = readConfig(await readFile(join(folder, 'config.json'), 'utf8'));
  const { arrays } = readSafetensors(await readFile(join(folder, 'generator.safetensors')));
  return { config, weights: arrays };
}

/** A mel, `[batch, frames, mels]`: between silence and loud. */
export interface MelBatch {
  readonly batch: number;
  readonly frames: number;
  readonly mels: number;
  readonly data: Float32Array;
}

export function melBatch({ num_mels: mels }: HifiGanConfig, batch: number, frames: number) {
  const data = uniform(batch * frames * mels, 7 + frames).map((value) => 4 * value - 4.5);
  return { batch, frames, mels, data };
}

/** The same as ONNX has it, `[batch, mels, frames]`. */
export function channelsFirst({ batch, frames, mels, data }: MelBatch): Float32Array {
  return Float32Array.from({ length: data.length }, (_, i) => {
    const [b, rest] = [Math.floor(i / (mels * frames)), i % (mels * frames)];
    return data[(b * frames + (rest % frames)) * mels + Math.floor(rest / frames)];
  }).subarray(0, batch * frames * mels);
}

/** What our own generator makes of them, `[batch, samples]`, in WebAssembly. */
export async function ourAudio(
  { config, weights, statistics }: Model,
  mels: readonly MelBatch[],
): Promise<Float32Array[]> {
  const { name } = await registerWasmBackend();
  await tf.setBackend(name);
  const generator = Generator.empty(config, { weightNormed: false });
  try {
    importState(generator, weights);
    const results: Float32Array[] = [];
    for (const { data, batch, frames, mels: bands } of mels) {
      const audio = tf.tidy(() => {
        const mel = tf.tensor3d(data, [batch, frames, bands]);
        if (!statistics) return generator.forward(mel);
        const { mean, scale } = statistics;
        return generator.forward(tf.div(tf.sub(mel, tf.tensor1d(mean)), tf.tensor1d(scale)));
      });
      results.push((await audio.data()) as Float32Array);
      audio.dispose();
    }
    return results;
  } finally {
    generator.dispose();
    await tf.setBackend('cpu');
  }
}
