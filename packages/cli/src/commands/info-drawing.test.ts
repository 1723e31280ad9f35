import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { writeTone } from '../testing/audio.js';
import { inFolder, runMain } from '../testing/run-main.js';

describe('hifigan info --drawing', () => {
  it('draws a generator as SVG and as PNG', () =>
    inFolder(async (cwd) => {
      const draw = (...argv: string[]) => runMain(['info', ...argv], { cwd });
      const run = await draw('v1', '--drawing', 'v1.svg');
      expect(run).toMatchObject({ code: 0, stderr: expect.stringContaining('drawing: v1.svg') });
      const svg = await readFile(join(cwd, 'v1.svg'), 'utf8');
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 1000 \d+"/);
      expect(svg).not.toMatch(/NaN|undefined|[^"]&(?!amp;|lt;|gt;)/);
      const texts = [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
      expect(texts).toEqual(
        expect.arrayContaining(['mel', 'conv_pre', 'ups.3 × 2', 'resblocks.9-11', '32 × 256']),
      );
      // All boxes and texts lie on the paper.
      const height = Number(/viewBox="0 0 1000 (\d+)/.exec(svg)?.[1]);
      for (const [, y] of svg.matchAll(/<(?:rect|text) x="[\d.]+" y="([\d.]+)"/g)) {
        expect(Number(y)).toBeLessThan(height);
      }
      expect((await draw('v1', '--drawing', 'v1.svg')).stderr).toMatch(/exists already/);
      expect((await draw('v1', '--drawing', 'v1.svg', '--force')).code).toBe(0);
      await draw('v1', '--drawing', 'v1.png');
      const png = decode(await readFile(join(cwd, 'v1.png')));
      expect([png.width, png.height]).toEqual([2000, 2 * height]);
      // Paper, and the colour of upsamplings.
      const pixels = new Set<string>();
      for (let at = 0; at < png.data.length; at += 3) {
        pixels.add([...png.data.slice(at, at + 3)].join());
      }
      expect(pixels).toContain('255,255,255');
      expect(pixels).toContain('226,148,76');
    }));

  it('refuses other kinds of pictures, and things without a generator', () =>
    inFolder(async (cwd) => {
      const gif = await runMain(['info', 'v1', '--drawing', 'a.gif'], { cwd });
      expect(gif).toMatchObject({ code: 2, stdout: '' });
      expect(gif.stderr).toMatch(/must end in \.svg or \.png/);
      await writeTone(cwd, 'a.wav');
      const wav = await runMain(['info', 'a.wav', '--drawing', 'a.svg'], { cwd });
      expect(wav).toMatchObject({ code: 1, stdout: '' });
      expect(wav.stderr).toMatch(/a\.wav: --drawing must be of a generator/);
    }));
});
