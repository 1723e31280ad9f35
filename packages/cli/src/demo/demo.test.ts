import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createMelSpectrogram, melOptions, readWav } from '@hifigan/audio';
import { presets } from '@hifigan/config';
import { tinyConfig } from '@hifigan/testkit';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { createCanvas, textWidth, write } from '../drawing/canvas.js';
import { writeTone } from '../testing/audio.js';
import { writeRun } from '../testing/model.js';
import { inFolder, runMain } from '../testing/run-main.js';
import { drawSpectrograms } from './draw-spectrograms.js';
import { melError } from './mel-error.js';

describe('hifigan demo', () => {
  it('writes both recordings and a picture, and prints speed and error; again over its own files', () =>
    inFolder(async (cwd) => {
      await writeRun(join(cwd, 'run'));
      await writeTone(cwd, 'a.wav', { samplingRate: 8000 });
      for (let i = 0; i < 2; i++) {
        const run = await runMain(['demo', 'a.wav', '--checkpoint', 'run'], { cwd });
        expect(run.code).toBe(0);
        expect(run.stdout).toMatch(
          /^recording {2}a\.wav, 1\.0 s\n.*\nspeed .* × real time on wasm\nmel error {2}\d\.\d{3} \(mean difference of log-mels from 0 to 4000 Hz\)\n/,
        );
      }
      expect((await readdir(join(cwd, 'out'))).sort()).toEqual([
        'demo-generated.wav',
        'demo-original.wav',
        'demo.png',
      ]);
      const wav = readWav(await readFile(join(cwd, 'out', 'demo-generated.wav')));
      expect(wav).toMatchObject({ samplingRate: 8000 });
      expect(wav.channels[0]).toHaveLength(8000);
    }));

  it('knows the sample of the repository', async () =>
    inFolder(async (cwd) => {
      const run = await runMain(['demo', '--json'], { cwd });
      expect(run.code).toBe(0);
      expect(JSON.parse(run.stdout)).toMatchObject({
        picture: join('out', 'demo.png'),
        backend: 'wasm',
      });
    }));
});

describe('drawSpectrograms', () => {
  it('paints quiet dark and loud bright, low bands below, each frame at its time', () => {
    const options = { ...melOptions(tinyConfig), numMels: 4 };
    const mel = { data: new Float32Array(20 * 4).fill(-10), frames: 20, mels: 4 };
    mel.data[7 * 4 + 1] = 0;
    const { width, height, data } = decode(drawSpectrograms([{ title: 'original', mel }], options));
    const at = (x: number, y: number) => [
      ...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
    ];
    const pixels = 1000 / 20;
    expect([width, height]).toEqual([90 + 1000 + 30, 34 + 12 + 34]);
    expect(at(90 + 7 * pixels + 3, 34 + 12 - 4)).toEqual([253, 231, 37]);
    expect(at(90 + 7 * pixels + 3, 34 + 12 - 1)).toEqual([68, 1, 84]);
    expect(at(90 + 6 * pixels + 3, 34 + 12 - 4)).toEqual([68, 1, 84]);
    expect(at(2, 2)).toEqual([255, 255, 255]);
  });

  it('keeps hours within a screen', () => {
    const frames = 50_000;
    const mel = { data: new Float32Array(frames * 2), frames, mels: 2 };
    const png = decode(
      drawSpectrograms([{ title: '', mel }], { ...melOptions(presets.v1), numMels: 2 }),
    );
    expect(png.width).toBeLessThan(1600);
  });
});

describe('parts of the picture', () => {
  it('writes letters', () => {
    const canvas = createCanvas(textWidth('1', 1), 7);
    write(canvas, '1', 0, 0, [0, 0, 0], 1);
    const rows = Array.from({ length: 7 }, (_, y) =>
      Array.from({ length: 5 }, (_, x) => (canvas.data[(y * 5 + x) * 3] === 0 ? '#' : '.')).join(
        '',
      ),
    );
    expect(rows).toEqual(['..#..', '.##..', '..#..', '..#..', '..#..', '..#..', '.###.']);
  });
});

describe('melError', () => {
  it('is zero for the same sound and the logarithm of the factor for a quieter one', async () =>
    inFolder(async (cwd) => {
      const audio = await writeTone(cwd, 'a.wav', { samplingRate: 8000 });
      expect(melError(audio, audio, tinyConfig)).toBe(0);
      const noise = Float32Array.from({ length: 8000 }, (_, i) => ((i * 7919) % 1000) / 1000 - 0.5);
      const error = melError(
        noise,
        noise.map((value) => value / 2),
        { ...tinyConfig, fmax_for_loss: null },
      );
      expect(error).toBeGreaterThan(0.6);
      expect(error).toBeLessThan(Math.LN2 + 1e-4);
      expect(createMelSpectrogram(melOptions(tinyConfig)).analyze(audio).frames).toBe(125);
    }));
});
