import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWav } from '@hifigan/audio';
import { presets } from '@hifigan/config';
import { tinyConfig } from '@hifigan/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import { inFolder, runMain } from '../testing.js';
import { writeTone } from '../testing-audio.js';
import { writeRun } from '../testing-model.js';

/** What `info` says of a thing, as lines and as an object. */
interface Told {
  readonly lines: readonly string[];
  readonly json: Readonly<Record<string, unknown>>;
}

/** One of each kind, by path; all are made once. */
const told = new Map<string, Told>();

beforeAll(() =>
  inFolder(async (cwd) => {
    for (const [name, config] of Object.entries(presets)) {
      await writeFile(join(cwd, `${name}.json`), JSON.stringify(config));
    }
    await writeTone(cwd, 'in/a.wav', { samplingRate: 8000 });
    await writeTone(cwd, 'in/b.wav', { samplingRate: 8000, frequency: 300 });
    await writeFile(join(cwd, 'tiny.json'), JSON.stringify(tinyConfig));
    const hifigan = (...argv: string[]) => runMain(argv, { cwd });
    await hifigan('mel', 'in/a.wav', '-o', 'a.npy', '--config', 'tiny.json');
    await hifigan('prepare', 'in', '-o', 'data', '--config', 'tiny.json');
    await writeRun(join(cwd, 'run'), [3]);
    const card = { licence: 'MIT', steps: 4, heldOut: { clips: 2, mel: { voice: 0.5 } } };
    await writeFile(join(cwd, 'card.json'), JSON.stringify({ name: 'tiny', ...card, kind: 'odd' }));
    await hifigan('pack', 'run', '-o', 'bundle', '--card', 'card.json');
    for (const path of [
      ...['v1.json', 'v2.json', 'v3.json', 'v1', 'v2', 'v3', 'a.npy', 'in/a.wav', 'data', 'run'],
      ...['run/g_00000003.safetensors', 'bundle', 'bundle/card.json'],
    ]) {
      const text = await hifigan('info', path);
      expect(text).toMatchObject({ code: 0, stderr: '' });
      const json = await hifigan('info', path, '--json');
      expect(json).toMatchObject({ code: 0, stderr: '' });
      // One object on one line.
      expect(json.stdout.match(/\n/g)).toHaveLength(1);
      told.set(path, { lines: text.stdout.trimEnd().split('\n'), json: JSON.parse(json.stdout) });
    }
  }),
);

const of = (path: string) => told.get(path) as Told;

test('everything is told in rows of a name and words, none twice, and as an object of path, kind and facts', () => {
  for (const [path, { lines, json }] of told) {
    expect(lines[0]).toBe(`${path}: ${json.kind}`);
    const names = lines.slice(1).map((line) => /^(\S+(?: \S+)*) {2,}\S.*$/.exec(line)?.[1]);
    expect(names, path).not.toContain(undefined);
    expect(new Set(names).size, path).toBe(names.length);
    expect(lines.join('\n')).not.toMatch(/undefined|NaN|\[object|[{}"]/);
    expect(Object.keys(json).slice(0, 2)).toEqual(['path', 'kind']);
    expect(json.path).toBe(path);
  }
  expect([...told].map(([, { json }]) => json.kind)).toEqual([
    ...Array(6).fill('configuration'),
    ...['array', 'recording', 'data set', 'training run', 'weights', 'bundle', 'card of a bundle'],
  ]);
});

describe('configurations', () => {
  test.each([
    ['v1', 13_926_017, '8 × 8 × 2 × 2 = 256 samples a frame'],
    ['v2', 925_985, '8 × 8 × 2 × 2 = 256 samples a frame'],
    ['v3', 1_462_273, '8 × 8 × 4 = 256 samples a frame'],
  ])('%s, as a file and as a preset', (name, weights, upsampling) => {
    const { lines, json } = of(`${name}.json`);
    expect(lines.slice(1)).toEqual([
      `generator   the shape of ${name.toUpperCase()}, ${weights.toLocaleString('en')} weights`,
      `upsampling  ${upsampling}`,
      'audio       22050 Hz, 86.1 frames a second',
      'mel         80 bands from 0 to 8000 Hz, n_fft 1024, window 1024',
      'training    segments of 8192, batches of 16, learning rate 0.0002 × 0.999 an epoch',
    ]);
    expect(json).toMatchObject({ preset: name, parameters: weights, sampling_rate: 22050 });
    expect(of(name).lines.slice(1)).toEqual(lines.slice(1));
    expect(of(name).json).toEqual({ ...json, path: name });
  });
});

test('a mel: its bands and frames', () => {
  expect(of('a.npy').json).toMatchObject({ shape: [12, 125], mels: 12, frames: 125 });
  expect(of('a.npy').lines.slice(1)).toEqual([
    'shape     [12, 125], float32',
    expect.stringMatching(/^values {4}from -\d+\.\d{3} to -?\d+\.\d{3}$/),
    'as a mel  12 bands, 125 frames',
  ]);
});

test('a recording', () => {
  expect(of('in/a.wav').lines.slice(1)).toEqual([
    'length    1.0 s, 8,000 samples',
    'rate      8000 Hz',
    'channels  1',
    'format    pcm16',
    'peak      -6.0 dB',
    'loudness  -9.0 dB (root mean square)',
  ]);
});

test('a run and its bundle: the card tells of the training, in words and without brackets', () => {
  expect(of('run').json).toMatchObject({ steps: 4, weights: { network: 'generator' } });
  expect(of('run').lines.filter((line) => line.startsWith('training'))).toHaveLength(1);
  const { lines, json } = of('bundle');
  expect(lines.slice(1, 6).map((line) => line.replace(/ {2,}/, ': '))).toEqual([
    'name: tiny',
    'licence: MIT',
    'steps: 4',
    'heldOut: clips 2, mel (voice 0.5)',
    'kind: odd',
  ]);
  expect(json).toMatchObject({ steps: 4, card: { name: 'tiny' } });
  // A key of the card does not hide what the thing is.
  expect(of('bundle/card.json').json.kind).toBe('card of a bundle');
});

test('of stdin', async () => {
  const { stdout } = await runMain(['info', '-'], {
    input: writeWav({ samplingRate: 8000, channels: [new Float32Array(8)] }),
  });
  expect(stdout).toMatch(/^stdin: recording\n/);
});

test('channels that cancel', () =>
  inFolder(async (cwd) => {
    const left = Float32Array.of(0.5, -0.25, 0.125, 0);
    const bytes = writeWav({ samplingRate: 8000, channels: [left, left.map((value) => -value)] });
    await writeFile(join(cwd, 'a.wav'), bytes);
    const { stdout } = await runMain(['info', 'a.wav'], { cwd });
    expect(stdout).toMatch(/^note +its channels cancel each other when they are mixed/m);
    const json = await runMain(['info', 'a.wav', '--json'], { cwd });
    expect(JSON.parse(json.stdout)).toMatchObject({ cancelled: true });
  }));

test('folders that are nothing yet, or no longer, are told what to do with', () =>
  inFolder(async (cwd) => {
    await writeTone(cwd, 'in/a.wav');
    const recordings = await runMain(['info', 'in'], { cwd });
    expect(recordings).toMatchObject({ code: 1, stdout: '' });
    expect(recordings.stderr).toMatch(
      /in: is a folder with 1 recording, and no data set yet; make one with: hifigan prepare in -o/,
    );
    await mkdir(join(cwd, 'data', 'wavs'), { recursive: true });
    await writeFile(join(cwd, 'data', 'report.json'), '{"training":');
    const broken = await runMain(['info', 'data'], { cwd });
    expect(broken).toMatchObject({ code: 1, stdout: '' });
    expect(broken.stderr).toMatch(/report\.json: is no report of prepare, .*--force/);
    expect(await readFile(join(cwd, 'data', 'report.json'), 'utf8')).toBe('{"training":');
  }));
