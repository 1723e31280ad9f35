import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { integratedLoudness, resample } from '@hifigan/audio';
import { decodeAudio } from '@hifigan/codecs';
import { expectClose, tinyConfig } from '@hifigan/testkit';
import { readBundle, Vocoder } from '@hifigan/vocoder';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { runMain } from '../testing/run-main.js';
import { inSynthWorkshop } from '../testing/synth.js';

/** Speaks the workshop's mel, and reads what comes. */
const speakerIn = (cwd: string) => {
  let count = 0;
  return async (...options: string[]) => {
    const flac = options.some((word) => word.startsWith('flac'));
    const out = `${count++}.${flac ? 'flac' : 'wav'}`;
    const run = await runMain(['synth', 'a.npy', '-o', out, '--checkpoint', 'run', ...options], {
      cwd,
    });
    expect(run.code, run.stderr).toBe(0);
    const { channels, samplingRate, encoding } = await decodeAudio(
      await readFile(join(cwd, out)),
      out,
    );
    return { audio: channels[0], samplingRate, encoding, stderr: run.stderr };
  };
};

const peakOf = (audio: Float32Array) =>
  audio.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe('what synth does to speech before it writes it', () => {
  it('stores it in every format, and FLAC loses nothing', () =>
    inSynthWorkshop(async (cwd) => {
      const speak = speakerIn(cwd);
      const { audio: exact } = await speak('--format', 'float32');
      const stored = async (format: string, encoding: string, step: number) => {
        const found = await speak('--format', format);
        expect(found.encoding).toBe(encoding);
        expectClose(found.audio, exact, { max: 0.501 * step });
        return found.audio;
      };
      const pcm16 = await stored('pcm16', 'pcm16', 2 ** -15);
      const pcm24 = await stored('pcm24', 'pcm24', 2 ** -23);
      expect(await stored('flac', 'flac16', 2 ** -15)).toEqual(pcm16);
      expect(await stored('flac24', 'flac24', 2 ** -23)).toEqual(pcm24);
      const piped = await runMain(
        ['synth', 'a.npy', '-o', '-', '--checkpoint', 'run', '--format', 'flac'],
        { cwd },
      );
      expect((await decodeAudio(piped.bytes, 'piped')).channels[0]).toEqual(pcm16);
    }));

  it('takes the format from the name, and refuses names that say something else', () =>
    inSynthWorkshop(async (cwd) => {
      const synth = (...argv: string[]) =>
        runMain(['synth', 'a.npy', '--checkpoint', 'run', ...argv], { cwd });
      expect(await synth('-o', 'b.flac')).toMatchObject({ code: 0, stdout: 'b.flac\n' });
      expect((await readFile(join(cwd, 'b.flac'))).subarray(0, 4).toString()).toBe('fLaC');
      expect((await synth('-o', 'c.flac', '--format', 'pcm16')).stderr).toMatch(
        /must end in \.wav/,
      );
      expect((await synth('-o', 'c.wav', '--format', 'flac')).stderr).toMatch(/must end in \.flac/);
      expect(await synth('-o', 'c.mp3')).toMatchObject({ code: 2 });
      expect(await synth('-o', 'folder/', '--format', 'flac')).toMatchObject({
        stdout: 'folder/a.flac\n',
      });
    }));

  it('resamples as the library does', () =>
    inSynthWorkshop(async (cwd) => {
      const speak = speakerIn(cwd);
      const { audio } = await speak('--format', 'float32');
      for (const rate of [16000, 11025]) {
        const found = await speak('--format', 'float32', '--sampling-rate', String(rate));
        expect(found.samplingRate).toBe(rate);
        expectClose(found.audio, resample(audio, 8000, rate), { max: 1e-6 });
      }
    }));

  it('takes off what the model makes of nothing, and brings it nearer to the mel, as the library does', () =>
    inSynthWorkshop(async (cwd, recording) => {
      const speak = speakerIn(cwd);
      const { audio: plain } = await speak('--format', 'float32');
      const { audio: denoised } = await speak('--format', 'float32', '--denoise', '0.5');
      await tf.setBackend('cpu');
      const vocoder = await Vocoder.load(
        readBundle({
          config: JSON.stringify(tinyConfig),
          generator: await readFile(join(cwd, 'run', 'g_00000100.safetensors')),
        }),
      );
      const mel = vocoder.analyze(recording);
      const expected = await vocoder.synthesize(mel, { denoise: 0.5 });
      expectClose(denoised, expected, { max: 1e-5 });
      const nearer = await vocoder.synthesize(mel, { refine: 4 });
      const { audio: refined } = await speak('--format', 'float32', '--refine', '4');
      expectClose(refined, nearer, { max: 1e-5 }, 'refined');
      expect(peakOf(plain.map((value, i) => value - refined[i]))).toBeGreaterThan(1e-4);
      // So are levels, with a ceiling that nobody named as well.
      for (const level of [
        { loudness: -3 },
        { loudness: -30 },
        { loudness: -3, peak: -6 },
        { peak: -2 },
      ]) {
        const words = Object.entries(level).flatMap(([name, value]) => [`--${name}`, `${value}`]);
        const { audio } = await speak('--format', 'float32', ...words);
        await tf.setBackend('cpu');
        const made = await vocoder.synthesize(mel, level);
        expectClose(audio, made, { max: 1e-5 }, JSON.stringify(level));
      }
      await vocoder.dispose();
      expect(peakOf(plain.map((value, i) => value - denoised[i]))).toBeGreaterThan(1e-4);
      const more = await runMain(['synth', 'a.npy', '-o', 'x.wav', '--denoise', '1.5'], { cwd });
      expect(more).toMatchObject({ code: 2, stdout: '' });
      const often = await runMain(['synth', 'a.npy', '-o', 'x.wav', '--refine', '101'], { cwd });
      expect(often).toMatchObject({ code: 2, stdout: '' });
      expect(often.stderr).toMatch(/--refine.*whole number from 0 to 100/);
    }));

  it('makes it as loud as was asked for, or as its peaks allow', () =>
    inSynthWorkshop(async (cwd) => {
      const speak = speakerIn(cwd);
      const float = ['--format', 'float32'];
      const quiet = await speak(...float, '--loudness', '-40');
      expect(integratedLoudness(quiet.audio, 8000)).toBeCloseTo(-40, 2);
      const peak = await speak(...float, '--peak', '-6');
      expect(20 * Math.log10(peakOf(peak.audio))).toBeCloseTo(-6, 3);
      const limited = await speak(...float, '--loudness', '0', '--peak', '-6');
      expectClose(limited.audio, peak.audio, { max: 1e-6 });
      expect(limited.stderr).toMatch(
        /a\.npy: reaches -[\d.]+ LUFS and not 0, because its peaks would pass -6 dBFS/,
      );
      const loud = await speak(...float, '--loudness', '0');
      expect(peakOf(loud.audio)).toBeCloseTo(1, 5);
      // Of one file as of another: the factor alone differs.
      const { audio } = await speak(...float);
      const factor = peakOf(quiet.audio) / peakOf(audio);
      expectClose(
        quiet.audio,
        audio.map((value) => value * factor),
        { max: 1e-6 },
      );
    }));

  it('dithers on demand, the same each time', () =>
    inSynthWorkshop(async (cwd) => {
      const speak = speakerIn(cwd);
      const { audio: exact } = await speak('--format', 'float32');
      const { audio: plain } = await speak();
      const { audio: dithered } = await speak('--dither');
      expect(dithered).not.toEqual(plain);
      // Rounding, and up to a step of noise.
      expectClose(dithered, exact, { max: 1.501 / 32768 });
      expect((await speak('--dither')).audio).toEqual(dithered);
      expect((await speak('--dither', '--format', 'flac')).audio).toEqual(dithered);
      const run = await runMain(
        [
          'synth',
          'a.npy',
          '-o',
          'x.wav',
          '--dither',
          '--format',
          'float32',
          '--stream',
          '--peak',
          '-1',
        ],
        { cwd },
      );
      expect(run).toMatchObject({ code: 2, stdout: '' });
    }));

  it('leaves nothing behind of what cannot be finished', () =>
    inSynthWorkshop(async (cwd) => {
      const before = (await readdir(cwd)).sort();
      const run = await runMain(
        ['synth', 'a.npy', '-o', 'x.wav', '--checkpoint', 'run', '--peak', '-1'],
        {
          cwd,
          now: () => 0,
          signal: AbortSignal.abort(),
        },
      );
      expect(run.code).toBe(130);
      expect((await readdir(cwd)).sort()).toEqual(before);
      expect(existsSync(join(cwd, 'x.wav'))).toBe(false);
    }));
});
