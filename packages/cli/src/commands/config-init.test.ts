import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deriveConfig, presets } from '@hifigan/config';
import { describe, expect, test } from 'vitest';
import { writeTone } from '../testing/audio.js';
import { inFolder, runMain } from '../testing/run-main.js';

const init = (...argv: string[]) => runMain(['config', 'init', ...argv]);

describe('hifigan config init for another rate', () => {
  test('the configuration on stdout, each choice with its reason on stderr', async () => {
    const { code, stdout, stderr } = await init('v1', '--sampling-rate', '24000', '--hop', '256');
    expect(code).toBe(0);
    const { config, choices } = deriveConfig({
      base: presets.v1,
      samplingRate: 24000,
      hopSize: 256,
    });
    expect(JSON.parse(stdout)).toEqual(config);
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(choices.length);
    expect(lines[0]).toMatch(/^sampling_rate 24000 +as asked$/);
    expect(lines).toContainEqual(expect.stringMatching(/^upsample_rates \[8,8,2,2\] +8 × 8/));
    choices.forEach(({ path, reason }, i) => {
      expect(lines[i].startsWith(`${path} `)).toBe(true);
      expect(lines[i].endsWith(`  ${reason}`)).toBe(true);
    });
  });

  test('all options, and a preset of another shape', async () => {
    const { stdout } = await init(
      ...['v3', '--sampling-rate', '44100', '--hop', '512', '--n-fft', '4096', '--win', '1764'],
      ...['--mels', '100', '--fmin', '20.5', '--fmax', '16000'],
    );
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ resblock: '2', sampling_rate: 44100, hop_size: 512, upsample_rates: [8, 8, 8] },
      ...{ n_fft: 4096, win_size: 1764, num_mels: 100, fmin: 20.5, fmax: 16000 },
    });
    expect(JSON.parse((await init('--fmax', 'null')).stdout)).toMatchObject({ fmax: null });
  });

  test('with --json one object, and nothing besides', async () => {
    const { stdout, stderr } = await init('--sampling-rate', '24000', '--json');
    expect(stderr).toBe('');
    expect(stdout.match(/\n/g)).toHaveLength(1);
    const { preset, config, choices } = JSON.parse(stdout);
    expect(preset).toBe('v1');
    expect(config).toEqual(presets['v1-24k']);
    expect(choices).toContainEqual({
      path: 'hop_size',
      value: 300,
      reason: expect.stringContaining('12.5 ms'),
    });
    // The same object where nothing was to be chosen.
    const plain = JSON.parse((await init('v2', '--json')).stdout);
    expect(plain).toEqual({ preset: 'v2', config: presets.v2, choices: [], notices: [] });
  });

  test('into a file that `config check` finds good, and never over another', () =>
    inFolder(async (cwd) => {
      const argv = ['config', 'init', 'v2', '--sampling-rate', '48000', '-o', 'mine.json'];
      expect(await runMain(argv, { cwd })).toMatchObject({ code: 0, stdout: 'mine.json\n' });
      expect(await runMain(['config', 'check', 'mine.json'], { cwd })).toMatchObject({
        ...{ code: 0, stdout: 'mine.json: good\n', stderr: '' },
      });
      await writeFile(join(cwd, 'mine.json'), 'mine');
      const refused = await runMain(argv, { cwd });
      expect(refused).toMatchObject({ code: 1, stdout: '' });
      // No choices of what is not written.
      expect(refused.stderr).toMatch(/^error: .*mine\.json: exists already; [^\n]*\n$/);
      expect(await readFile(join(cwd, 'mine.json'), 'utf8')).toBe('mine');
    }));

  test('tells what is allowed and hardly meant', async () => {
    const { code, stderr } = await init('--mels', '1000000');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^note: num_mels: 1000000 are more bands than an n_fft of 1024 has/m);
    expect((await init('--mels', '128')).stderr).not.toContain('note:');
  });

  test.each([
    [
      ['--hop', '257'],
      /^error: config init: hop_size: 257 must .* nearest that are: 256 or 260\n$/,
    ],
    [['--hop', '2.5'], /hop_size: 2\.5 must be a whole number/],
    [['--sampling-rate', '16'], /sampling_rate: 16 must be .*; try 16000\n$/],
    [['--sampling-rate', '44.1'], /sampling_rate: 44\.1 must be .*; try 44100\n$/],
    [
      ['v9'],
      /^error: config init v9: must be a preset, because it begins with one: v1, v2, .*; did you mean v1\?\n$/,
    ],
    [['universal'], /must be a preset, .*, v1-48k\n$/],
    [['--n-fft', '1023'], /n_fft: 1023 - hop_size 256 must be even/],
    [['--fmax', 'all'], /--fmax <hz>.*must be a number/],
    [['--sampling-rate', 'high'], /--sampling-rate <hz>.*must be a number/],
  ])('what cannot be ends with 2, and says what could: %j', async (options, message) => {
    const { code, stdout, stderr } = await init(...options);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

test('presets at other rates are named like the others', () =>
  inFolder(async (cwd) => {
    const info = await runMain(['info', 'v1-24k'], { cwd });
    expect(info.stdout).toMatch(/^generator +the shape of V1-24K/m);
    expect(info.stdout).toMatch(/^audio +24000 Hz, 80\.0 frames a second$/m);
    const help = await runMain(['train', '--help'], { cwd });
    expect(help.stdout.replace(/\s+/g, ' ')).toContain('a preset: v1, v2, v3, v1-16k, v1-24k,');
    await writeTone(cwd, 'in/a.wav', { samplingRate: 22050, seconds: 1 });
    const prepared = await runMain(['prepare', 'in', '-o', 'data', '-c', 'v1-16k'], { cwd });
    expect(prepared.code).toBe(0);
    const report = JSON.parse(await readFile(join(cwd, 'data', 'report.json'), 'utf8'));
    expect(report.sampling_rate).toBe(16000);
    const mel = await runMain(['mel', 'in/a.wav', '-o', 'a.npy', '-c', 'v1-48k'], { cwd });
    expect(mel.code).toBe(0);
    expect((await runMain(['info', 'a.npy'], { cwd })).stdout).toMatch(/128/);
    expect((await readdir(cwd)).sort()).toEqual(['a.npy', 'data', 'in']);
  }));
