import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launchChromium, requireChromium } from '@hifigan/testkit';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inFolder, runMain } from '../testing/run-main.js';
import { speech, writeComparison, writeSpeech } from '../testing/speech.js';

const HOSTILE = `<i>"'&`;
const SYSTEMS = ['--system', `${HOSTILE}=loud`, '--system', 'quiet=quiet', '--griffin-lim=2'];

/** References and two systems of them, one file by a name that wants to be more than text. */
async function writeAll(cwd: string): Promise<void> {
  await writeComparison(cwd);
  for (const folder of ['ref', 'quiet', 'loud']) {
    await writeSpeech(cwd, `${folder}/<b>"'&.wav`, speech(4.8, 6));
  }
}

const argvOf = (...more: string[]) => ['eval', 'ref', ...SYSTEMS, '-c', 'v1-16k', ...more];

describe('the page of hifigan eval', () => {
  it('has the worst files with sound and pictures, and all figures', () =>
    inFolder(async (cwd) => {
      await writeAll(cwd);
      const { code, stdout, stderr } = await runMain(
        argvOf('-o', 'page.html', '--clips', '2', '--json'),
        { cwd },
      );
      expect(code, stderr).toBe(0);
      expect(stderr).toMatch(/^page\.html: 2 files with sound, [\d.]+ [kM]B$/m);
      const result = JSON.parse(stdout);
      expect(result.page).toBe('page.html');
      const page = await readFile(join(cwd, 'page.html'), 'utf8');
      // The reference and three systems; of these, differences too.
      expect(page.match(/<audio /g)).toHaveLength(2 * 4);
      expect(page.match(/<img src="data:/g)).toHaveLength(2 * (4 + 3));
      const heard = [...page.matchAll(/<h3>([^<]*)<\/h3>/g)].map(([, name]) => name);
      expect(heard).toEqual(result.files.slice(0, 2).map(({ name }: { name: string }) => name));
      for (const { measures } of result.systems) {
        const { mean, low, high } = measures.stoi;
        const shown = [mean, low, high].map((value) => value.toFixed(3));
        expect(page).toContain(`<td>${shown[0]} [${shown[1]}, ${shown[2]}]</td>`);
      }
      expect(page).toContain('<th scope="row">mel distance, nepers</th><td>lower</td>');
      const [{ systems }] = result.files;
      const { stoi, f0_rmse: f0 } = systems.quiet.measures;
      expect(page).toMatch(
        new RegExp(`<small>STOI ${stoi.toFixed(3)}, .*pitch error ${f0.toFixed(1)} cents, `),
      );
      expect(page).toContain('Heard are 2 of 4 files, the worst.');
      const words = page.replaceAll(/base64,[^"]*/g, '');
      expect(words).not.toMatch(/<script|<b>|<i>|https?:|NaN|undefined/);
      expect(page).toContain('&#60;b&#62;&#34;&#39;&#38;');
      const piped = await runMain(argvOf('-o', '-', '--clips', '2'), { cwd });
      expect(piped.stdout === page).toBe(true);
    }));
});

describe.skipIf(!requireChromium().available)('the page of hifigan eval in Chromium', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  it('asks for nothing, complains of nothing, plays, and fits a telephone', () =>
    inFolder(async (cwd) => {
      await writeAll(cwd);
      await runMain(argvOf('-o', 'page.html'), { cwd });
      const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
      const said: string[] = [];
      const asked: string[] = [];
      page.on('console', (message) => said.push(message.text()));
      page.on('pageerror', (error) => said.push(error.message));
      page.on('request', (request) => asked.push(request.url()));
      const url = pathToFileURL(join(cwd, 'page.html')).href;
      await page.goto(url);
      const durations = (await page.evaluate(
        `Promise.all([...document.querySelectorAll('audio')].map((audio) =>
        audio.readyState > 0 ? audio.duration : new Promise((done) => { audio.onloadedmetadata = () => done(audio.duration) })))`,
      )) as number[];
      expect(durations).toHaveLength(4 * 4);
      for (const seconds of durations) {
        expect(seconds).toBeGreaterThan(1.1);
        expect(seconds).toBeLessThan(1.7);
      }
      const pictures = (await page.evaluate(
        `[...document.images].map((image) => image.complete && image.naturalWidth)`,
      )) as number[];
      expect(pictures).toHaveLength(4 * 7);
      expect(Math.min(...pictures)).toBeGreaterThan(100);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      expect(await page.title()).toContain('speech compared');
      expect(await page.locator('h3').allTextContents()).toContain(`<b>"'&`);
      expect(await page.locator('svg g title').first().textContent()).toContain(HOSTILE);
      expect(said).toEqual([]);
      expect(asked.filter((address) => !address.startsWith('data:'))).toEqual([url]);
      await page.close();
    }));
});
