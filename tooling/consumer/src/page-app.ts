import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { snippetsOf } from './snippets.js';
import { withoutTypes } from './types.js';
import { ROOT } from './workspace.js';

/** What a page of the app tells. */
export interface PageResult {
  readonly name: string;
  readonly threads: number;
  readonly build: string;
  readonly isolated: boolean;
  /** The middle of a convolution of ones, 7 taps, 32 channels. */
  readonly middle: number;
  /** The largest error of a spectrum and its way back. */
  readonly spectrum: number;
  readonly numTensors: number;
  readonly warnings: readonly string[];
}

/** What a page of the app tells of a mel spectrogram. */
export interface MelResult {
  readonly data: readonly number[];
  /** How many WebAssembly instances it took. */
  readonly instances: number;
}

/** What a page of the app tells of recordings, by name. */
export type RecordingsResult = Readonly<
  Record<
    string,
    { readonly encoding: string; readonly lengths: readonly number[]; readonly power: number }
  >
>;

/** What a page of the app tells of a model that was dropped into it. */
export interface DroppedResult {
  readonly layout: string;
  readonly weights: string;
  /** Of a mel that is the same for all. */
  readonly audio: readonly number[];
  readonly numTensors: number;
}

/** What a page of the app tells of the packaged voice. */
export interface VoiceResult {
  readonly name: string;
  readonly audio: readonly number[];
  readonly numTensors: number;
}

const RECORDINGS = ['speech.wav', 'speech.flac', 'speech.mp3', 'speech.ogg', 'speech.opus'];

const FILES = {
  'index.html':
    '<!doctype html><title>A stranger</title><script type="module" src="./main.js"></script>',
  'main.js': `
    import { tasks } from './tasks.js';
    const query = new URLSearchParams(location.search);
    const task = query.get('task') ?? 'compute';
    window.result = query.has('worker')
      ? new Promise((resolve, reject) => {
          const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
          worker.onmessage = ({ data }) => ('error' in data ? reject(new Error(data.error)) : resolve(data));
          worker.onerror = ({ message }) => reject(new Error(message));
          worker.postMessage(task);
        })
      : tasks[task]();`,
  'worker.js': `
    import { tasks } from './tasks.js';
    onmessage = ({ data: task }) =>
      tasks[task]().then(postMessage, (error) => postMessage({ error: String(error) }));`,
  'tasks.js': `
    import { compute } from './compute.js';
    import { dropped } from './dropped.js';
    import { mel } from './mel.js';
    import { recordings } from './recordings.js';
    import { speakWith } from './speak.js';
    import { loadVoice } from './voice.js';
    import { loadHosted } from './hosted.js';
    const voice = async () => speakWith(await loadVoice());
    const hosted = async () => speakWith(await loadHosted());
    export const tasks = { compute, dropped, hosted, mel, recordings, voice };`,
  'speak.js': `
    import * as tf from '@tensorflow/tfjs-core';

    export async function speakWith(vocoder) {
      const recording = Float32Array.from({ length: 4096 }, (_, i) => 0.3 * Math.sin(i / 20));
      const audio = [...(await vocoder.synthesize(vocoder.analyze(recording)))];
      await vocoder.dispose();
      return { name: vocoder.card.name, audio, numTensors: tf.memory().numTensors };
    }`,
  'hosted.js': `
    import { registerWasmBackend } from '@hifigan/backend-wasm';
    import { Vocoder } from '@hifigan/vocoder';
    import * as tf from '@tensorflow/tfjs-core';

    export async function loadHosted() {
      await tf.setBackend((await registerWasmBackend()).name);
      return Vocoder.load('/voice/');
    }`,
  'dropped.js': `
    import { registerWasmBackend } from '@hifigan/backend-wasm';
    import { filesOfBlobs, readForeign, Vocoder } from '@hifigan/vocoder';
    import * as tf from '@tensorflow/tfjs-core';

    export const dropped = () =>
      new Promise((resolve, reject) => {
        addEventListener('drop', (event) => {
          event.preventDefault();
          speakWith([...event.dataTransfer.files]).then(resolve, reject);
        });
      });

    export async function speakWith(files) {
      await registerWasmBackend({ threads: 1 });
      await tf.setBackend('hifigan-wasm');
      const read = await readForeign(filesOfBlobs(files));
      const { config, state: weights, statistics, profile, notices } = read;
      const bundle = { config, weights, profile, notices, ...(statistics && { statistics }) };
      const vocoder = await Vocoder.load(bundle);
      const [frames, mels] = [12, config.num_mels];
      let state = 1;
      const data = Float32Array.from({ length: frames * mels }, () => {
        state = (Math.imul(state, 1664525) + 1013904223) | 0;
        return (4 * state) / 2 ** 31 - 5;
      });
      const audio = [...(await vocoder.synthesize({ data, frames, mels }))];
      vocoder.dispose();
      const { numTensors } = tf.memory();
      return { layout: read.layout.name, weights: read.files.weights, audio, numTensors };
    }`,
  'recordings.js': `
    import { decodeAudio } from '@hifigan/codecs';
    import { files } from './files.js';

    export async function recordings() {
      const told = {};
      for (const [name, text] of Object.entries(files)) {
        const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
        const { encoding, channels } = await decodeAudio(bytes, name);
        const power = channels[0].reduce((sum, value) => sum + value * value, 0);
        told[name] = { encoding, lengths: channels.map(({ length }) => length), power };
      }
      return told;
    }`,
  'mel.js': `
    import { createMelSpectrogram } from '@hifigan/audio';

    export async function mel() {
      let instances = 0;
      const { Instance } = WebAssembly;
      WebAssembly.Instance = function (...given) {
        instances++;
        return new Instance(...given);
      };
      const options = { samplingRate: 22050, nFft: 1024, hopSize: 256, winSize: 1024, numMels: 80, fmin: 0, fmax: 8000 };
      let state = 1;
      const audio = Float32Array.from({ length: 5000 }, () => {
        state = (Math.imul(state, 1664525) + 1013904223) | 0;
        return state / 2 ** 31;
      });
      const { data } = createMelSpectrogram(options).analyze(audio);
      return { data: [...data], instances };
    }`,
  'compute.js': `
    import { registerWasmBackend } from '@hifigan/backend-wasm';
    import { conv1d } from '@hifigan/ops';
    import * as tf from '@tensorflow/tfjs-core';

    export async function compute() {
      const warnings = [];
      const onWarning = (message) => warnings.push(message);
      const description = await registerWasmBackend({ threads: 3, onWarning });
      await tf.setBackend(description.name);
      const y = tf.tidy(() => conv1d(tf.ones([1, 900, 32]), tf.ones([7, 32, 32]), { padding: 'same' }));
      const middle = (await y.data())[450 * 32];
      // By the plain kernels.
      const errors = tf.tidy(() => {
        const signal = tf.linspace(-1, 1, 64);
        return tf.max(tf.abs(tf.sub(tf.spectral.irfft(tf.spectral.rfft(signal)), signal)));
      });
      const [spectrum] = await errors.data();
      tf.dispose([y, errors]);
      const { numTensors } = tf.memory();
      return { ...description, isolated: crossOriginIsolated, middle, spectrum, numTensors, warnings };
    }`,
};

/**
 * Writes an app that uses the WebAssembly backend, or with `task=mel` in the address's query makes a mel spectrogram,
 * or with `task=recordings` decodes some, or with `task=voice` speaks with the packaged voice, loaded as its README
 * says, or with `task=hosted` from a folder on its server, in a page, or with `worker` in a Worker; with `task=dropped` a page waits for a model that is dropped into it,
 * and speaks with it.
 */
export function writePageApp(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
  const fixtures = join(ROOT, 'packages/codecs/src/fixtures');
  const files = RECORDINGS.map((name) => [name, readFileSync(join(fixtures, name), 'base64')]);
  const text = `export const files = ${JSON.stringify(Object.fromEntries(files))};`;
  writeFileSync(join(folder, 'files.js'), text);
  const readme = readFileSync(join(ROOT, 'packages/voice/README.md'), 'utf8');
  const ofPages = snippetsOf(readme).find((snippet) => snippet.text.includes('loadVoice'));
  if (!ofPages) throw new Error('packages/voice/README.md must show pages a function loadVoice');
  writeFileSync(join(folder, 'voice.js'), withoutTypes(ofPages.text));
  const bundle = join(folder, 'node_modules/@hifigan/voice/bundle');
  cpSync(bundle, join(folder, 'public/voice'), { recursive: true });
}
