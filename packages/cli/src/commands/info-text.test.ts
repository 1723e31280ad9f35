import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWav } from '@hifigan/audio';
import { presets } from '@hifigan/config';
import { tinyConfig } from '@hifigan/testkit';
import { beforeAll, describe, expect, test } from 'vitest';
import type { GeneratorPlan } from '../info/generator-plan.js';
import { writeTone } from '../testing/audio.js';
import { writeRun } from '../testing/model.js';
import { inFolder, runMain } from '../testing/run-main.js';

/** What `info` says of a thing, as lines and as an object. */
interface Told {
  readonly lines: readonly string[];
  /** Of the generator, where there is one. */
  readonly drawing: readonly string[];
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
      const [lines, drawing = []] = text.stdout
        .trimEnd()
        .split('\n\n')
        .map((part) => part.split('\n'));
      told.set(path, { lines, drawing, json: JSON.parse(json.stdout) });
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
    expect(of(name).drawing).toEqual(of(`${name}.json`).drawing);
  });
});

describe('drawings', () => {
  test('are of all that is or has a generator, and of nothing else', () => {
    const drawn = [...told].filter(([, { drawing }]) => drawing.length > 0).map(([path]) => path);
    expect(drawn).toEqual([
      ...['v1.json', 'v2.json', 'v3.json', 'v1', 'v2', 'v3', 'run', 'run/g_00000003.safetensors'],
      'bundle',
    ]);
    for (const path of drawn) expect(of(path).json).toHaveProperty('generator.steps');
    expect(of('bundle').drawing).toEqual(of('run').drawing);
  });

  test('V1, worked out by hand', () => {
    // A convolution of 7 looks at 3 to each side, 11 taps 5 at distances 1, 3, 5 and thrice at 1.
    const step = (seconds: number) => (1000 * seconds).toFixed(1);
    expect(step((3 * 256) / 22050)).toBe('34.8');
    expect(step((5 * (1 + 3 + 5 + 3) * 32) / 22050)).toBe('87.1');
    expect(of('v1').drawing).toEqual([
      'generator                                             channels      rate  a sample is     looks  weights  work',
      'mel          80 bands                                       80   86.1 Hz      11.6 ms',
      '│ conv_pre   kernel 7                                      512   86.1 Hz      11.6 ms  ±34.8 ms     287k  0.1%',
      '▼ × 8        ups.0, kernel 16                              256    689 Hz      1.45 ms  ±11.6 ms     2.1M  0.7%',
      '│ blocks     type 1, kernels 3 7 11, dilations 1 3 5       256    689 Hz      1.45 ms  ±87.1 ms    8.26M   22%',
      '▼ × 8        ups.1, kernel 16                              128   5513 Hz       181 µs  ±1.45 ms     524k  1.4%',
      '│ blocks     type 1, kernels 3 7 11, dilations 1 3 5       128   5513 Hz       181 µs  ±10.9 ms    2.07M   43%',
      '▼ × 2        ups.2, kernel 4                                64  11025 Hz      90.7 µs   ±181 µs    32.8k  0.7%',
      '│ blocks     type 1, kernels 3 7 11, dilations 1 3 5        64  11025 Hz      90.7 µs  ±5.44 ms     517k   22%',
      '▼ × 2        ups.3, kernel 4                                32  22050 Hz      45.4 µs  ±90.7 µs    8.22k  0.3%',
      '│ blocks     type 1, kernels 3 7 11, dilations 1 3 5        32  22050 Hz      45.4 µs  ±2.72 ms     130k   11%',
      '│ conv_post  kernel 7                                        1  22050 Hz      45.4 µs   ±136 µs      225  0.0%',
      'audio        tanh                                            1  22050 Hz      45.4 µs',
      'a sample depends on 27 frames, 13 before and 13 after its own: 313 ms',
      '13.9M weights, 52.9 GFLOP for a second of audio',
    ]);
  });

  test.each(['v1', 'v2', 'v3'])('%s: weights and work are those of the whole', (name) => {
    const { generator } = of(name).json as { generator: GeneratorPlan };
    expect(generator.parameters).toBe(of(name).json.parameters);
    expect(generator.steps.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
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

test('a card and a manifest say nothing to the terminal', () =>
  inFolder(async (cwd) => {
    await writeRun(join(cwd, 'run'), [3]);
    const evil = '\x1b[2J\x9b31mgone';
    const long = `${'x'.repeat(300)}${evil}`;
    const card = {
      name: `name${evil}`,
      licence: `licence${evil}`,
      description: long,
      [evil]: [{ [evil]: evil }],
    };
    await writeFile(join(cwd, 'card.json'), JSON.stringify(card));
    const packed = await runMain(['pack', 'run', '-o', 'b', '--card', 'card.json'], { cwd });
    expect(packed.code, packed.stderr).toBe(0);
    const manifest = join(cwd, 'b', 'bundle.json');
    const { golden, ...rest } = JSON.parse(await readFile(manifest, 'utf8'));
    await writeFile(manifest, JSON.stringify({ ...rest, golden: { ...golden, engine: evil } }));
    for (const path of ['card.json', 'b', 'b/bundle.json']) {
      const { code, stdout, stderr } = await runMain(['info', path], { cwd });
      expect(code, stderr).toBe(0);
      expect(['\x1b', '\x9b'].filter((one) => stdout.includes(one))).toEqual([]);
      const shown = '\\u001b[2J\\u009b31mgone"';
      const said = ['name', 'licence', 'x'.repeat(300), ''].map((text) => `"${text}${shown}`);
      if (path !== 'b/bundle.json') {
        expect(said.filter((text) => !stdout.includes(text))).toEqual([]);
      }
      expect(stdout.includes(`by "${shown}`)).toBe(path !== 'card.json');
    }
  }));

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
