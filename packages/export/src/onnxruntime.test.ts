import { createRequire } from 'node:module';
import { floatToHalf } from '@hifigan/checkpoint';
import { describe, expect, it } from 'vitest';
import { generatorGraph, OPSETS, onnxPieces, writeOnnx } from './index.js';
import { EQUAL, expectAudio, ROUNDED } from './testing/closeness.js';
import { halved } from './testing/halves.js';
import {
  type CONFIGS,
  channelsFirst,
  hashedModel,
  type MelBatch,
  melBatch,
  normalisingModel,
  ODD,
  ourAudio,
  voice,
} from './testing/models.js';

interface Runtime {
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => unknown;
  readonly InferenceSession: {
    create(
      bytes: Uint8Array,
      options?: object,
    ): Promise<{
      readonly inputNames: readonly string[];
      readonly outputNames: readonly string[];
      run(
        feeds: object,
      ): Promise<Record<string, { readonly data: Float32Array; readonly dims: number[] }>>;
      release(): Promise<void>;
    }>;
  };
}

const NATIVE = 'onnxruntime-node';
const WEB = 'onnxruntime-web';

/** What an onnxruntime makes of each mel, `[batch, samples]`. */
async function spoken(library: string, bytes: Uint8Array, mels: readonly MelBatch[]) {
  const { InferenceSession, Tensor } = createRequire(import.meta.url)(library) as Runtime;
  const session = await InferenceSession.create(bytes, {
    executionProviders: [library === NATIVE ? 'cpu' : 'wasm'],
  });
  expect([session.inputNames, session.outputNames]).toEqual([['mel'], ['audio']]);
  const results: Float32Array[] = [];
  for (const mel of mels) {
    const shape = [mel.batch, mel.mels, mel.frames];
    const { audio } = await session.run({ mel: new Tensor('float32', channelsFirst(mel), shape) });
    expect(audio.dims).toEqual([mel.batch, audio.data.length / mel.batch]);
    results.push(audio.data);
  }
  await session.release();
  return results;
}

/** One frame, a batch, a longer one, all of one session. */
const melsOf = (config: (typeof CONFIGS)[string], long: number) =>
  (
    [
      [1, 1],
      [3, 4],
      [1, long],
    ] as const
  ).map(([batch, frames]) => melBatch(config, batch, frames));

describe.each([NATIVE, WEB])('in %s', (library) => {
  it.each([...ODD, 'v2', 'v3', 'v1'])('%s says what our own generator says', async (name) => {
    const model = await hashedModel(name);
    const mels = melsOf(model.config, name === 'v1' ? 9 : 31);
    const audio = await ourAudio(model, mels);
    const bytes = writeOnnx(generatorGraph(model.config, model.weights));
    expectAudio(await spoken(library, bytes, mels), audio, EQUAL, `${library}, ${name}`);
  });

  it('float16: what our own says with rounded weights, and near what it says without', async () => {
    const model = await hashedModel('v2');
    const mels = melsOf(model.config, 31);
    const graph = generatorGraph(model.config, model.weights);
    const bytes = writeOnnx(graph, { toHalf: floatToHalf });
    expect(bytes.length / writeOnnx(graph).length).toBeLessThan(0.52);
    const audio = await spoken(library, bytes, mels);
    const rounded = await ourAudio({ ...model, weights: halved(graph) }, mels);
    expectAudio(audio, rounded, EQUAL, `${library}, rounded weights`);
    expectAudio(audio, await ourAudio(model, mels), ROUNDED, `${library}, weights as they were`);
  });

  it('normalises mels as the model wants it', async () => {
    const model = await normalisingModel('odd upsampling');
    const mels = melsOf(model.config, 31);
    const { statistics } = model;
    const audio = await ourAudio(model, mels);
    const graph = generatorGraph(model.config, model.weights, { statistics });
    const bytes = writeOnnx(graph);
    expect(Buffer.concat([...onnxPieces(graph)]).equals(bytes)).toBe(true);
    expectAudio(await spoken(library, bytes, mels), audio, EQUAL, `${library}, normalising`);
    // Statistics are never halved.
    const rounded = await ourAudio({ ...model, weights: halved(graph) }, mels);
    const halves = await spoken(library, writeOnnx(graph, { toHalf: floatToHalf }), mels);
    expectAudio(halves, rounded, EQUAL, `${library}, normalising, rounded weights`);
    const [without] = await ourAudio({ ...model, statistics: undefined }, mels.slice(2));
    const far = without.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - audio[2][i])),
      0,
    );
    expect(far).toBeGreaterThan(0.01);
  });

  it('the packaged voice', async () => {
    const model = await voice();
    const mels = [melBatch(model.config, 1, 12)];
    const graph = generatorGraph(model.config, model.weights);
    const reference = await ourAudio(model, mels);
    for (const toHalf of [undefined, floatToHalf]) {
      const bytes = writeOnnx(graph, { toHalf });
      expectAudio(await spoken(library, bytes, mels), reference, EQUAL, `${library}, voice`);
    }
  });
});

it.each([OPSETS.first, OPSETS.last])('opset %d loads', async (opset) => {
  const model = await hashedModel('odd upsampling');
  const mels = melsOf(model.config, 5);
  const bytes = writeOnnx(generatorGraph(model.config, model.weights), { opset });
  expectAudio(await spoken(NATIVE, bytes, mels), await ourAudio(model, mels), EQUAL, `${opset}`);
});

it('an opset that nobody tried is refused', async () => {
  const model = await hashedModel('odd upsampling');
  const graph = generatorGraph(model.config, model.weights);
  expect(() => writeOnnx(graph, { opset: 16 })).toThrow(/opset=16 must be from 17 to 23/);
});
