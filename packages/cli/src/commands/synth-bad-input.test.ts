import { mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNpy } from '@hifigan/checkpoint';
import { describe, expect, it } from 'vitest';
import { writeTone } from '../testing/audio.js';
import { runMain } from '../testing/run-main.js';
import { inSynthWorkshop } from '../testing/synth.js';

describe('hifigan synth of inputs that cannot be spoken', () => {
  it('recognises what is wrong with a mel, names the file, and goes on with the others', () =>
    inSynthWorkshop(async (cwd) => {
      const store = (name: string, shape: number[], value = -5) =>
        writeFile(
          join(cwd, 'in', name),
          writeNpy({ shape, data: new Float32Array(shape.reduce((a, b) => a * b)).fill(value) }),
        );
      await mkdir(join(cwd, 'in'));
      await store('good.npy', [12, 30]);
      await store('swapped.npy', [30, 12]);
      await store('many.npy', [80, 30]);
      await store('batch.npy', [3, 12, 30]);
      await store('nan.npy', [12, 30], Number.NaN);
      await store('decibel.npy', [12, 30], -60);
      await store('square.npy', [12, 12]);
      await writeFile(
        join(cwd, 'in', 'cut.npy'),
        (await readFile(join(cwd, 'in', 'good.npy'))).subarray(0, 500),
      );
      await writeFile(join(cwd, 'in', 'text.npy'), 'hello');
      await writeTone(cwd, 'in/short.wav', { samplingRate: 8000, seconds: 0.01 });
      const run = await runMain(['synth', 'in', '-o', 'out', '--checkpoint', 'run', '--json'], {
        cwd,
      });
      expect(run.code).toBe(1);
      const { files, failed } = JSON.parse(run.stdout);
      expect(files.map((file: { in: string }) => file.in)).toEqual([
        'in/decibel.npy',
        'in/good.npy',
        'in/square.npy',
      ]);
      expect(
        Object.fromEntries(failed.map((f: { in: string; reason: string }) => [f.in, f.reason])),
      ).toEqual({
        'in/batch.npy': expect.stringMatching(
          /^in\/batch\.npy: shape \[3, 12, 30\] must be .*a file of its own/,
        ),
        'in/cut.npy': expect.stringMatching(
          /^in\/cut\.npy: not a readable \.npy file: .*it is cut off/,
        ),
        'in/many.npy': expect.stringMatching(
          /^in\/many\.npy: .* has 80 mel bands and must have 12/,
        ),
        'in/nan.npy': expect.stringMatching(/^in\/nan\.npy: the value at band 0, frame 0 is NaN/),
        'in/short.wav': expect.stringMatching(/^in\/short\.wav: 80 samples at 8000 Hz are too few/),
        'in/swapped.npy': expect.stringMatching(
          /^in\/swapped\.npy: .*its axes are swapped; .*array\.T/,
        ),
        'in/text.npy': expect.stringMatching(/^in\/text\.npy: not a readable \.npy file/),
      });
      expect(run.stderr.match(/as many frames as bands/g)).toHaveLength(1);
      expect(run.stderr).toMatch(
        /note: in\/square\.npy: as many frames as bands \(12\): .*array\.T/,
      );
      expect(run.stderr).toMatch(
        /note: in\/decibel\.npy: values from -60\.00 to -60\.00 do not look like natural log/,
      );
      expect((await readdir(join(cwd, 'out'))).sort()).toEqual([
        'decibel.wav',
        'good.wav',
        'square.wav',
      ]);
    }));

  it('says what an input is that cannot be spoken', () =>
    inSynthWorkshop(async (cwd) => {
      const speak = async (input: string, verb = 'synth', out = 'b.wav') =>
        (await runMain([verb, input, '-o', out], { cwd })).stderr;
      await writeFile(join(cwd, 'mel.pth'), Uint8Array.of(0x80, 2, 0x8a, 0x0a));
      const weights = join('run', 'g_00000100.safetensors');
      expect(await speak('mel.pth')).toMatch(
        /mel\.pth: it is a PyTorch file \(pickle\), where a mel \(\.npy\) or a recording \(\.wav, \.flac, \.mp3, \.ogg or \.opus\) is needed; weights go to --checkpoint/,
      );
      expect(await speak(weights)).toMatch(/it is a safetensors file, .*; weights go to --checkpo/);
      expect(await speak(join('run', 'config.json'))).toMatch(
        /it is JSON, where a mel .* is needed\n/,
      );
      expect(await speak('a.npy', 'mel', 'b.npy')).toMatch(
        /a\.npy: it is a NumPy array \(\.npy\), where a recording \(\.wav, \.flac, \.mp3, \.ogg or \.opus\) is needed\n/,
      );
      await writeFile(join(cwd, 'words.wav'), 'these are words');
      expect(await speak('words.wav')).toMatch(
        /it is no recording that can be read \(it looks like text\)/,
      );
    }));

  it('refuses before it speaks what no WAV file could hold', () =>
    inSynthWorkshop(async (cwd) => {
      // Four and a half GiB of speech by its length; nothing is read of it.
      const file = await open(join(cwd, 'long.f32'), 'w');
      await file.truncate(4 * 12 * ((2.25 * 2 ** 30) / 64));
      await file.close();
      const argv = ['synth', 'long.f32', '--input-format', 'f32', '--checkpoint', 'run'];
      const run = await runMain([...argv, '-o', 'b.wav', '--loudness', '-23'], { cwd });
      expect(run).toMatchObject({ code: 1, stdout: '' });
      expect(run.stderr).toMatch(/would pass 4 GiB, .*; take --format flac/);
      expect(await readdir(cwd)).not.toContain('b.wav');
    }));
});
