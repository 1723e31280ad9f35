import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeWav } from '@hifigan/audio';
import { launchChromium, requireChromium, tinyConfig } from '@hifigan/testkit';
import { EventFile, type LogValue } from '@hifigan/train/node';
import { encode } from 'fast-png';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inFolder, runMain } from '../testing/run-main.js';

const HOSTILE = `<img src=x onerror=alert(1)>"'&`;
const RATE = 8000;

const step = (index: number) => ({
  time: new Date(1_700_000_000_000 + index * 1000).toISOString(),
  ...{ step: index, epoch: 2, learning_rate: 2e-4, gen_loss_total: 90 / (index + 1) },
  ...{ mel_spec_error: 2 / (index + 1), disc_loss_total: 4, steps_per_second: 2 },
  losses: { mel: 2 / (index + 1), disc_mpd: 3, disc_msd: 1 },
  details: { disc_mpd_0: 1, disc_mpd_1: 2, [HOSTILE]: 1 },
  gradient_norms: { generator: 5, discriminators: 7 },
  memory: { rss_bytes: 1e9, backend_bytes: 5e8 },
});

/** Sound and pictures of two clips; the generated ones are as loud as the step. */
function samplesAt(index: number, withRecording: boolean): LogValue[] {
  return [0, 1].flatMap((clip): LogValue[] => {
    const samples = RATE * (clip + 1);
    const tone = new Float32Array(samples).map((_, i) => Math.sin(i / 9) * 0.5);
    const wav = writeWav({ samplingRate: RATE, channels: [tone] });
    const audio = (tag: string): LogValue => ({
      ...{ kind: 'audio', tag, samplingRate: RATE, channels: 1, samples, wav },
    });
    const image = (tag: string): LogValue => {
      const data = new Uint8Array(60 * 30 * 3).fill(index);
      return {
        ...{ kind: 'image', tag, width: 60, height: 30 },
        png: encode({ width: 60, height: 30, data, channels: 3 }),
      };
    };
    return [
      ...(withRecording ? [audio(`gt/y_${clip}`), image(`gt/y_spec_${clip}`)] : []),
      ...[audio(`generated/y_hat_${clip}`), image(`generated/y_hat_spec_${clip}`)],
      image(`difference/y_spec_${clip}`),
    ];
  });
}

/** What a run of ten steps leaves, six validations among them; with names that want to be more than text. */
async function writeRun(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const lines: object[] = [];
  const events = new EventFile(join(folder, 'logs'), 0);
  for (let index = 0; index < 10; index++) {
    lines.push(step(index));
    if (index % 2 === 1) continue;
    lines.push({
      ...{
        time: step(index).time,
        step: index,
        validation_mel_spec_error: 1 + ((index - 4) / 9) ** 2,
      },
      validation_clips: [
        { id: HOSTILE, mel: 1 },
        { id: 'b', mel: 1 },
      ],
      measures: { stoi: 0.9 + index / 100 },
    });
    await events.add({ step: index, values: samplesAt(index, index === 0) });
  }
  await events.close();
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  await writeFile(join(folder, 'log.ndjson'), `${text.replace('\n', '\n{"step": 3, "mel\n')}{"st`);
  await writeFile(
    join(folder, 'config.json'),
    JSON.stringify({ ...tinyConfig, note: '</pre><script>alert(1)</script>' }),
  );
}

describe('hifigan report', () => {
  it('makes one page, with all that was recorded, and says where it is', () =>
    inFolder(async (cwd) => {
      const name = `run <b>"'&`;
      await writeRun(join(cwd, name));
      const run = await runMain(['report', name], { cwd });
      expect(run).toMatchObject({ code: 0, stdout: 'report.html\n' });
      expect(run.stderr).toMatch(/^15 records, 2 clips with sound, [\d.]+ kB$/m);
      const page = await readFile(join(cwd, 'report.html'), 'utf8');
      // Of five validations, four: the first, the last, two between.
      expect(page.match(/<audio /g)).toHaveLength(2 * (1 + 4));
      expect(page.match(/<img /g)).toHaveLength(2 * (1 + 4 * 2));
      expect(page.match(/after step \d+, 1\.0 s/g)).toEqual(
        [0, 2, 6, 8].map((at) => `after step ${at}, 1.0 s`),
      );
      expect(page).toContain('2 lines of log.ndjson could not be read');
      expect(page).toContain('Sound of 4 validations of 5 is in this page.');
      expect(page).toContain('<dt>best validation, mel error</dt><dd>1.0000 after 5 steps</dd>');
      expect(page).toContain('<dt>time in steps</dt><dd>5.0 s</dd>');
      for (const title of [
        'Mel error',
        'Validation: stoi',
        'Discriminators, by period',
        'Learning rate',
        'Memory, bytes',
      ]) {
        expect(page).toContain(`<figcaption>${title}</figcaption>`);
      }
      expect(page).not.toMatch(/<script|<b>|<img src=x|https?:/);
      expect(page).toContain('run &#60;b&#62;&#34;&#39;&#38;');

      const again = await runMain(['report', name], { cwd });
      expect(again.code).toBe(1);
      expect(again.stderr).toMatch(/report\.html: exists already/);
      const options = ['report', name, '--force', '--steps', '0', '--json'];
      expect(JSON.parse((await runMain(options, { cwd })).stdout)).toMatchObject({
        ...{ run: name, report: 'report.html', records: 15, torn: 2, steps: 10, clips: 0 },
      });
      const piped = await runMain(['report', name, '-o', '-'], { cwd });
      expect(piped.stdout).toBe(page);
    }));

  it('compares no validations over other clips', () =>
    inFolder(async (cwd) => {
      const folder = join(cwd, 'run');
      await mkdir(folder);
      const measured = [
        ['ab', 3, 0.5],
        ['ab', 6, 0.4],
        ['ac', 9, 0.9],
        ['ac', 12, 0.7],
        ['ac', 15, 0.8],
      ] as const;
      const lines = measured.map(([ids, step, mel]) =>
        JSON.stringify({
          ...{ step, validation_mel_spec_error: mel },
          validation_clips: [...ids].map((id) => ({ id, mel })),
        }),
      );
      await writeFile(join(folder, 'log.ndjson'), `${lines.join('\n')}\n`);
      const { stdout: page } = await runMain(['report', 'run', '-o', '-'], { cwd });
      expect(page).toContain('<dt>best validation, mel error</dt><dd>0.7000 after 13 steps</dd>');
      expect(page).toContain('<dt>last validation, mel error</dt><dd>0.8000 after 16 steps</dd>');
      expect(page).toContain('other clips, until step 6');
      expect(page).toContain('The clips of the validations changed after step 6.');
      await writeFile(join(folder, 'log.ndjson'), `${lines.slice(2).join('\n')}\n`);
      const { stdout: same } = await runMain(['report', 'run', '-o', '-'], { cwd });
      expect(same).not.toMatch(/other clips|clips of the validations/);
    }));

  it('says what is no run', () =>
    inFolder(async (cwd) => {
      await mkdir(join(cwd, 'empty'));
      await writeFile(join(cwd, 'file'), '');
      await mkdir(join(cwd, 'young'));
      await writeFile(join(cwd, 'young', 'log.ndjson'), '{"st');
      const message = async (run: string) => {
        const { code, stdout, stderr } = await runMain(['report', run], { cwd });
        expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
        return stderr;
      };
      expect(await message('none')).toMatch(/none: there is no such folder/);
      expect(await message('file')).toMatch(/file: is a file, where the folder/);
      expect(await message('empty')).toMatch(
        /empty: has no log\.ndjson, and so is no training run/,
      );
      expect(await message('young')).toMatch(/log\.ndjson: has no records yet/);
    }));

  it('shows a run without sound, of one record', () =>
    inFolder(async (cwd) => {
      await mkdir(join(cwd, 'run'));
      await writeFile(join(cwd, 'run', 'log.ndjson'), `${JSON.stringify(step(0))}\n`);
      expect((await runMain(['report', 'run'], { cwd })).code).toBe(0);
      const page = await readFile(join(cwd, 'report.html'), 'utf8');
      expect(page).toContain('No sound: the run keeps none');
      expect(page).not.toMatch(/NaN|Infinity|undefined/);
    }));

  it('thins a long log, and keeps the page small', () =>
    inFolder(async (cwd) => {
      await mkdir(join(cwd, 'run'));
      const path = join(cwd, 'run', 'log.ndjson');
      for (let start = 0; start < 30_000; start += 10_000) {
        const lines = Array.from({ length: 10_000 }, (_, i) => ({
          ...{
            step: start + i,
            mel_spec_error: start + i === 12_345 ? 1e-5 : 1,
            steps_per_second: 1,
          },
        }));
        await appendFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      }
      expect((await runMain(['report', 'run'], { cwd })).code).toBe(0);
      const page = await readFile(join(cwd, 'report.html'), 'utf8');
      expect(page.length).toBeLessThan(200_000);
      expect(page).toContain('1.000e-5 <small>at 12,345</small>');
      expect(page).toContain('neighbours were drawn as their mean');
    }));
});

describe.skipIf(!requireChromium().available)('the page in Chromium', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  it('asks for nothing, complains of nothing, plays, and fits a telephone', () =>
    inFolder(async (cwd) => {
      await writeRun(join(cwd, 'run'));
      await runMain(['report', 'run'], { cwd });
      const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
      const said: string[] = [];
      const asked: string[] = [];
      page.on('console', (message) => said.push(message.text()));
      page.on('pageerror', (error) => said.push(error.message));
      page.on('request', (request) => asked.push(request.url()));
      const url = pathToFileURL(join(cwd, 'report.html')).href;
      await page.goto(url);
      const durations =
        await page.evaluate(`Promise.all([...document.querySelectorAll('audio')].map((audio) =>
        audio.readyState > 0 ? audio.duration : new Promise((done) => { audio.onloadedmetadata = () => done(audio.duration) })))`);
      expect(durations).toEqual([...Array(5).fill(1), ...Array(5).fill(2)]);
      const pictures = await page.evaluate(
        `[...document.images].map((image) => image.complete && image.naturalWidth)`,
      );
      expect(pictures).toEqual(Array(18).fill(60));
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      expect(await page.title()).toBe('run – a training of HiFi-GAN');
      expect(await page.locator('h3').first().textContent()).toBe(HOSTILE);

      const visible = (selector: string) => page.locator(selector).first().isVisible();
      const switched = async () => Promise.all(['.linear', '.log', '.smooth'].map(visible));
      expect(await switched()).toEqual([true, false, true]);
      await page.getByLabel('logarithmic scale').check();
      await page.getByLabel('smoothed').uncheck();
      expect(await switched()).toEqual([false, true, false]);

      expect(said).toEqual([]);
      expect(asked.filter((address) => !address.startsWith('data:'))).toEqual([url]);
      await page.close();
    }));
});
