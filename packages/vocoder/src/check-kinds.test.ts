import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, EngineFactory } from './engine.js';
import { type Bundle, openBundle, type SpeakOptions, Vocoder } from './index.js';
import { smallBundle, smallFiles, smallMel } from './testing/small-bundle.js';

// What nobody with TypeScript would write, and people with JavaScript do.

/** What is said of something of another kind, as if it were of the right one. */
const of = <T>(given: unknown) => given as T;

const engine =
  (made: unknown): EngineFactory =>
  async () =>
    of<Engine>(made);
const whole = { description: 'none', generate: async () => new Float32Array(0), dispose() {} };

describe('Vocoder.load', () => {
  let bundle: Bundle;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    bundle = await smallBundle();
  });

  it.each([['hash'], [true], [null]])('says what verify may be: %s', async (given) => {
    const verify = of<'none'>(given);
    const told = new RegExp(`verify=${given} must be one of 'none', 'hashes', 'golden'`);
    await expect(Vocoder.load(bundle, { verify })).rejects.toThrow(told);
    await expect(openBundle(await smallFiles(), { verify })).rejects.toThrow(told);
  });

  it.each([
    ['wasm', "engine='wasm' must be a function"],
    [{}, 'engine=\\[object Object\\] must be a function'],
    [null, 'engine=null must be a function'],
  ])('says what an engine is: %s', async (given, told) => {
    const load = Vocoder.load(bundle, { engine: of<EngineFactory>(given) });
    await expect(load).rejects.toThrow(new RegExp(`^Vocoder\\.load: ${told}.*tf\\.setBackend`));
  });

  it.each([
    [undefined, 'description, a text, and generate(mel), a function, and dispose(), a function'],
    [{ ...whole, description: undefined }, 'description, a text'],
    [{ ...whole, generate: 1 }, 'generate(mel), a function'],
    [{ ...whole, dispose: undefined }, 'dispose(), a function'],
  ])('says what an engine lacks: %o', async (made, lacks) => {
    const load = Vocoder.load(bundle, { engine: engine(made) });
    await expect(load).rejects.toThrow(`engine made something that lacks ${lacks}, and must`);
  });

  it('says what options and signals are', async () => {
    await expect(Vocoder.load(bundle, of(null))).rejects.toThrow(/options=null must be an object/);
    await expect(Vocoder.load(bundle, of('golden'))).rejects.toThrow(/options=golden must be/);
    const load = Vocoder.load(bundle, { signal: of(new AbortController()) });
    await expect(load).rejects.toThrow(/signal must be an AbortSignal, .*controller\.signal/);
  });

  it('says what bytes are', async () => {
    const files = await smallFiles();
    const buffers = [...files].map(([name, bytes]) => [name, bytes.slice().buffer] as const);
    await expect(Vocoder.load(of<typeof files>(new Map(buffers)))).rejects.toThrow(
      /^bundle: bundle\.json is an ArrayBuffer and must be a Uint8Array, .*new Uint8Array\(buffer\)/,
    );
    const text = (name: string) => readFile(new URL(import.meta.url), 'utf8').then(() => of(name));
    await expect(Vocoder.load(of<typeof files>(text))).rejects.toThrow(
      /json is of the kind String and must be a Uint8Array/,
    );
    const bytes = await Vocoder.load(of<typeof files>(Object.fromEntries(files)));
    await bytes.dispose();
  });
});

describe('a vocoder', () => {
  let vocoder: Vocoder;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    vocoder = await Vocoder.load(await smallBundle());
  });
  afterAll(() => vocoder.dispose());

  it.each([
    ['Int16Array', new Int16Array(400), /audio=Int16Array must be a Float32Array, .*32768/],
    ['String', 'speech.wav', /audio=String must be a Float32Array, .*decodeAudio/],
    ['Undefined', undefined, /audio=Undefined must be a Float32Array/],
    ['Array', new Array(400).fill(0), /audio=Array must be a Float32Array, .*Float32Array\.from/],
  ])('analyses no %s', (_, audio, told) => {
    expect(() => vocoder.analyze(of(audio))).toThrow(told);
  });

  it.each([
    ['rows', [[1, 2]]],
    ['a Float64Array', { ...smallMel(2), data: new Float64Array(12) }],
    ['nothing', undefined],
  ])('speaks no mel that is %s', async (_, given) => {
    const mel = of<ReturnType<typeof smallMel>>(given);
    const told = /must be a Float32Array, because a mel is { data, frames, mels }/;
    await expect(vocoder.synthesize(mel)).rejects.toThrow(told);
    await expect(vocoder.synthesizeBatch([mel])).rejects.toThrow(told);
    const stream = vocoder.stream([mel])[Symbol.asyncIterator]();
    await expect(stream.next()).rejects.toThrow(told);
  });

  it.each([
    [null, /options=null must be an object/],
    [{ signal: new AbortController() }, /signal must be an AbortSignal/],
    [{ denoise: '0.1' }, /denoise=0\.1 must be from 0 to 1/],
    [
      { samplingRate: Number.NaN },
      /samplingRate=NaN must be a whole number of Hz from 1 to 655350/,
    ],
    [{ samplingRate: '16000' }, /samplingRate=16000 must be a whole number/],
    [{ samplingRate: 1_000_000 }, /samplingRate=1000000 must be .*may take minutes/],
  ])('names what is wrong with options: %o', async (given, told) => {
    const options = of<SpeakOptions>(given);
    const mel = smallMel(2);
    const tell = (what: string) => new RegExp(`^${what}: .*${told.source}`);
    await expect(vocoder.synthesize(mel, options)).rejects.toThrow(tell('synthesize'));
    await expect(vocoder.synthesizeBatch([mel], options)).rejects.toThrow(tell('synthesizeBatch'));
    const stream = vocoder.stream([mel], options)[Symbol.asyncIterator]();
    await expect(stream.next()).rejects.toThrow(tell('stream'));
  });

  it('names what is wrong with the rest', async () => {
    await expect(vocoder.synthesizeBatch(of(smallMel(2)))).rejects.toThrow(
      /^synthesizeBatch: mels must be an array of mels, .*\[mel\]/,
    );
    await expect(vocoder.synthesize(smallMel(2), { onProgress: of('log') })).rejects.toThrow(
      /onProgress must be a function/,
    );
    await expect(vocoder.warmup(1, of(null))).rejects.toThrow(/^warmup: options=null/);
  });
});
