import { cpSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { melOptions, resample, writeWav } from '@hifigan/audio';
import { readNpy, sourceOfBytes } from '@hifigan/checkpoint';
import { decodeAudio } from '@hifigan/codecs';
import { presets } from '@hifigan/config';
import { readOnnxConfig, readOnnxMetadata } from '@hifigan/export';
import { compareSpeech } from '@hifigan/metrics';
import { expectClose, requireChromium, servePages } from '@hifigan/testkit';
import { unzipSync } from 'fflate';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BuiltStudio, expectSame } from './testing/built-studio.js';
import { StudioPage } from './testing/studio-page.js';

const WEB = fileURLToPath(new URL('..', import.meta.url));
const ROOT = join(WEB, '../..');
const CODEC_FIXTURES = join(ROOT, 'packages/codecs/src/fixtures');

describe.skipIf(!requireChromium().available)('the studio in Chromium', () => {
  let built: BuiltStudio;
  let browser: Browser;
  let studio: StudioPage | undefined;

  beforeAll(async () => {
    built = await BuiltStudio.build();
    browser = await built.launch();
  });

  afterEach(async () => {
    await studio?.close();
    studio = undefined;
  });

  afterAll(async () => {
    await browser?.close();
    await built?.close();
  });

  const decoded = (name: string) => decodeAudio(readFileSync(built.sample(name)), name);

  async function open(options = {}, url = built.server.url): Promise<StudioPage> {
    studio = await StudioPage.open(browser, url, options);
    return studio;
  }

  it('is small before the voice', () => {
    const files = readdirSync(built.dist, { recursive: true, withFileTypes: true });
    const bytes = files
      .filter((file) => file.isFile() && !file.parentPath.endsWith('voice'))
      .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
    expect(bytes).toBeLessThan(2e6);
  });

  it('speaks a sample as the command line does, and is kept for offline use', async () => {
    const own = await servePages(built.dist);
    const { page, engine, complaints, requests } = await open({}, own.url);
    expect(await engine.inputValue()).toBe('wasm-threads');
    await studio!.button('English').click();
    const speed = await studio!.spoken();
    const cli = await built.synth(built.sample('en-vm-review'));
    expectSame(await studio!.generated(), cli, `threads, ${speed}`);
    const { channels, samplingRate } = await decoded('en-vm-review');
    const original = resample(channels[0], samplingRate, 22050).subarray(0, cli.length);
    const expected = compareSpeech(original, cli, {
      samplingRate: 22050,
      mel: melOptions(presets.v2),
    });
    for (const [measure, digits] of [
      ['mel_distance', 3],
      ['stft_log_magnitude', 3],
      ['f0_rmse', 1],
    ] as const) {
      const shown = page.locator(`tr[data-measure=${measure}] td`).first();
      expect(await shown.textContent()).toBe(expected[measure]?.toFixed(digits));
    }

    await engine.selectOption('wasm');
    await page.getByText('relaxed, 1 thread').waitFor();
    expectSame(await afterSpeaking(), cli, 'one thread');

    expect(requests.filter((url) => !url.startsWith(own.url) && !url.startsWith('blob:'))).toEqual(
      [],
    );
    expect(complaints).toEqual([]);
    await own.close();
    await page.reload();
    await studio!.ready();
    expect(await engine.inputValue()).toBe('wasm-threads');
    await studio!.button('Français').click();
    await studio!.spoken();
    expect(complaints).toEqual([]);
  });

  async function afterSpeaking(): Promise<Float32Array> {
    await studio!.spoken();
    return studio!.generated();
  }

  it('speaks on one thread where it cannot be isolated, and in plain JavaScript', async () => {
    const { engine, page } = await open({ serviceWorkers: 'block' });
    expect(await engine.inputValue()).toBe('wasm');
    expect(await engine.locator('option[value=wasm-threads]').textContent()).toContain('isolated');
    const { channels, samplingRate } = await decoded('en-vm-review');
    const short = join(built.folder, 'short.wav');
    const samples = channels[0].slice(8000, 8000 + samplingRate / 4);
    writeFileSync(short, writeWav({ samplingRate, channels: [samples] }));
    await studio!.drop({ 'short.wav': readFileSync(short) });
    const cli = await built.synth(short);
    expectSame(await afterSpeaking(), cli, 'not isolated');
    await engine.selectOption('cpu');
    await page.getByText('tfjs-backend-cpu').waitFor();
    expectSame(await afterSpeaking(), cli, 'plain JavaScript');

    // While it works it asks before it is left, and it can be told that it is enough.
    await studio!.button('Italiano').click();
    await studio!.button('Cancel').waitFor();
    const asked = page.waitForEvent('dialog');
    const leaving = page.close({ runBeforeUnload: true });
    const dialog = await asked;
    await Promise.all([leaving, dialog.dismiss()]);
    await page.keyboard.press('Escape');
    await studio!.button('Speak').waitFor();
    expect(await studio!.alert.textContent()).toBe('');
    await page.getByText('it-vm-record-prepend.flac: recording').waitFor();
    await page.close({ runBeforeUnload: true });
    if (!page.isClosed()) await page.waitForEvent('close');
  });

  it('speaks on WebGPU, which it does not take by itself where a program on the processor is the GPU', async () => {
    // Chromium's own, for machines without a GPU.
    const withGpu = await built.launch(
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
    );
    try {
      studio = await StudioPage.open(withGpu, built.server.url);
      const { page, engine, complaints } = studio;
      expect(await engine.inputValue()).toBe('wasm-threads');
      const { channels, samplingRate } = await decoded('en-vm-review');
      const short = join(built.folder, 'quarter.wav');
      const samples = channels[0].slice(8000, 8000 + samplingRate / 4);
      writeFileSync(short, writeWav({ samplingRate, channels: [samples] }));
      await engine.selectOption('webgpu');
      await page.getByText(/WebGPU, .*swiftshader/i).waitFor();
      await studio.drop({ 'quarter.wav': readFileSync(short) });
      expectSame(await afterSpeaking(), await built.synth(short), 'WebGPU');
      await engine.selectOption('wasm');
      await page.getByText('relaxed, 1 thread').waitFor();
      await afterSpeaking();
      expect(complaints).toEqual([]);
    } finally {
      await withGpu.close();
    }
  });

  it('has a name for all that can be operated, and room on narrow screens', async () => {
    const { page } = await open({ viewport: { width: 320, height: 700 } });
    await studio!.button('English').click();
    await studio!.spoken();
    for (const summary of await page.locator('summary').all()) await summary.click();
    const { nameless, width } = await page.evaluate(() => {
      const all = [
        ...document.querySelectorAll<HTMLElement>('button, select, input:not([hidden])'),
      ];
      const nameOf = (element: HTMLElement) =>
        element.getAttribute('aria-label') ??
        (element instanceof HTMLButtonElement
          ? element.textContent
          : (element as HTMLInputElement).labels?.[0]?.textContent);
      return {
        nameless: all.filter((element) => !nameOf(element)?.trim()).map((one) => one.outerHTML),
        width: document.documentElement.scrollWidth,
      };
    });
    expect(nameless).toEqual([]);
    expect(width).toBeLessThanOrEqual(320);
  });

  it('is used by keys alone, which keep their place', async () => {
    const { page, engine, alert } = await open();
    const focused = () =>
      page.evaluate(() => {
        const { activeElement: one } = document;
        return one?.getAttribute('aria-label') ?? one?.textContent ?? '';
      });
    const tabTo = async (name: string) => {
      for (let i = 0; i < 60 && (await focused()) !== name; i++) await page.keyboard.press('Tab');
      expect(await focused()).toBe(name);
    };
    await tabTo('English');
    await page.keyboard.press('Enter');
    await studio!.spoken();
    expect(await focused()).toBe('English');
    await tabTo('Speak again');
    await page.keyboard.press('Enter');
    await studio!.spoken();
    expect(await focused()).toBe('Speak again');
    await tabTo('Model: bundle (.zip)');
    await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    expect(await focused()).toBe('Model: bundle (.zip)');
    // By keys a list tells of each choice that is passed.
    await engine.focus();
    await page.keyboard.press('ArrowDown');
    await page.getByText('relaxed, 1 thread').waitFor();
    await page.keyboard.press('ArrowUp');
    await page.getByText(/relaxed-threads, \d+ threads/).waitFor();
    expect(await engine.evaluate((one) => one === document.activeElement)).toBe(true);
    await studio!.spoken();
    // What goes away hands the focus on to where it was.
    await studio!.drop({ 'notes.txt': new TextEncoder().encode('no sound at all') });
    await alert.getByText(/^notes\.txt: /).waitFor();
    const inPlace = (selector: string) =>
      page.evaluate((what) => document.activeElement?.matches(what), selector);
    await studio!.button(/^Put away: notes/).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => alert.textContent()).toBe('');
    expect(await inPlace('div:has(> [role=alert])')).toBe(true);
    await tabTo('Remove');
    await page.keyboard.press('Enter');
    await page.getByText('Drop a recording').waitFor();
    expect(await inPlace('[aria-labelledby=sound-title]')).toBe(true);
  });

  it('takes recordings of all kinds, and says what is none', async () => {
    const { page, alert } = await open();
    for (const name of ['speech.mp3', 'speech.flac', 'speech.ogg', 'speech.opus']) {
      await studio!.drop({ [name]: readFileSync(join(CODEC_FIXTURES, name)) });
      await page.getByText(`${name}: recording`).waitFor();
      await studio!.spoken();
    }
    const flac = readFileSync(join(CODEC_FIXTURES, 'speech.flac'));
    await studio!.drop({ 'broken.flac': flac.subarray(0, flac.length - 500) });
    await alert.getByText(/^broken\.flac: /).waitFor();
    await studio!.drop({ 'notes.txt': new TextEncoder().encode('no sound at all') });
    await alert.getByText(/^notes\.txt: /).waitFor();
    await studio!.drop({ 'config.json': new TextEncoder().encode('{"resblock":') });
    await alert.getByText(/config\.json/).waitFor();
    const empty = writeWav({ samplingRate: 22050, channels: [new Float32Array(0)] });
    await studio!.drop({ 'empty.wav': empty });
    await alert.getByText(/^empty\.wav: has no samples/).waitFor();
    // What was there before is still there.
    await page.getByText('speech.opus: recording').waitFor();
    await studio!.button('Speak again').click();
    expect((await afterSpeaking()).length).toBeGreaterThan(1000);
    const tone = (samples: number) =>
      Float32Array.from({ length: samples }, (_, n) => Math.sin(n / 50) / 4);
    const hires = writeWav({ samplingRate: 96_000, channels: [tone(48_000), tone(48_000)] });
    await studio!.drop({ 'README.md': new Uint8Array(9), 'hires.wav': hires });
    await page.getByText('hires.wav: recording, 0.50 s').waitFor();
    await page.getByText('One sound at a time: README.md left out.').waitFor();
    await page.getByText('2 channels were mixed into one').waitFor();
    await page.getByText('96000 Hz became the voice’s 22050 Hz').waitFor();
    await studio!.spoken();
    const silence = writeWav({ samplingRate: 22050, channels: [new Float32Array(22050)] });
    await studio!.drop({ 'silence.wav': silence });
    await page.getByText('there is nothing but silence in it').waitFor();
    await studio!.spoken();
    await studio!.button('Remove').click();
    await page.getByText('Drop a recording').waitFor();
  });

  it('takes mels, and saves them', async () => {
    const { page } = await open();
    await built.hifigan('mel', built.sample('en-vm-review'), '-o', 'en.npy');
    const bytes = readFileSync(join(built.folder, 'en.npy'));
    await studio!.drop({ 'en.npy': bytes });
    expectSame(await afterSpeaking(), await built.synth('en.npy'), 'mel');
    expect(await studio!.button('Original').isDisabled()).toBe(true);
    const saved = readNpy((await studio!.save('Mel (.npy)')).bytes);
    const given = readNpy(bytes);
    expect(saved.shape).toEqual(given.shape);
    expectClose(saved.data as Float32Array, given.data as Float32Array, { max: 0 }, 'mel');

    await page.getByText('Mel editor').click();
    await page.getByLabel('Length').fill('1.5');
    await studio!.button('Speak the changed mel').click();
    const frames = given.shape[1];
    expect((await afterSpeaking()).length).toBe(Math.round(frames * 1.5) * 256);
  });

  it('takes models of the reference, and gives them back', async () => {
    const { page } = await open();
    const voice = join(ROOT, 'packages/voice/bundle');
    await built.hifigan('convert', voice, 'g_02500000', '--to', 'reference');
    await studio!.drop({
      g_02500000: readFileSync(join(built.folder, 'g_02500000')),
      'config.json': readFileSync(join(built.folder, 'config.json')),
    });
    await page.getByText('g_02500000:', { exact: false }).first().waitFor();
    await studio!.button('Español').click();
    const spoken = await afterSpeaking();
    const es = built.sample('es-vm-intro');
    // Nothing in such a model says that its sound is refined.
    expectSame(spoken, await built.synth(es, '--refine', '0'), 'model of the reference');

    const zip = unzipSync((await studio!.save('Model: bundle (.zip)')).bytes);
    await built.hifigan('mel', es, '-o', 'es.npy');
    const bundle = mkdtempSync(join(built.folder, 'bundle-'));
    for (const [path, bytes] of Object.entries(zip)) {
      writeFileSync(join(bundle, path.split('/').at(-1)!), bytes);
    }
    await built.hifigan('info', bundle, '--verify');
    expectSame(spoken, await built.synth('es.npy', '--checkpoint', bundle), 'saved bundle');

    const onnx = (await studio!.save('Model: ONNX')).bytes;
    const metadata = await readOnnxMetadata(sourceOfBytes(onnx));
    expect(readOnnxConfig(metadata, 'saved.onnx')).toMatchObject({ upsample_initial_channel: 128 });
    await studio!.button('Packaged voice').click();
    await page.getByText('(packaged)').waitFor();
  });

  it('plays, switches in place and seeks', async () => {
    const { page } = await open();
    // Long enough for a busy machine.
    const { channels, samplingRate } = await decoded('en-vm-review');
    const [once] = channels;
    const audio = Float32Array.from({ length: 16 * once.length }, (_, n) => once[n % once.length]);
    const wav = writeWav({ samplingRate, channels: [audio] });
    await studio!.drop({ 'long.wav': wav });
    await studio!.spoken();
    const seconds = audio.length / samplingRate;
    const position = () => page.getByLabel('Position').inputValue().then(Number);
    for (const of of ['original', 'generated', 'difference']) {
      await page.locator(`canvas[data-picture=${of}][data-drawn=yes]`).waitFor();
    }
    await page.locator('canvas[data-picture=generated]').click();
    const middle = await position();
    expect(Math.abs(middle - seconds / 2)).toBeLessThan(0.2);
    await studio!.button('Play').click();
    await page.waitForFunction(
      (from) => document.querySelector<HTMLInputElement>('.seek input')!.valueAsNumber > from,
      middle + 0.1,
    );
    const before = await position();
    await page.keyboard.press('x');
    await page.locator('button[aria-pressed=true]', { hasText: 'Original' }).waitFor();
    expect(await position()).toBeGreaterThanOrEqual(before);
    await page.keyboard.press('x');
    await page.locator('button[aria-pressed=true]', { hasText: 'Generated' }).waitFor();
    // What goes to the loudspeakers is the sound itself.
    await page.getByLabel('Position').fill('0.5');
    expect(await studio!.heard()).toBeGreaterThan(0.05);
    await studio!.button('Pause').click();
    expect(await studio!.heard()).toBeLessThan(1e-3);
    const paused = await position();
    await page.keyboard.press('ArrowLeft');
    expect(Math.abs(paused - 1 - (await position()))).toBeLessThan(0.02);
    await studio!.button('Zoom in').click();
    const [, from, to] = /([\d.]+) to ([\d.]+) s/.exec(
      (await page.locator('.pictures .hint').textContent()) ?? '',
    )!;
    expect(Math.abs(Number(to) - Number(from) - seconds / 2)).toBeLessThan(0.1);
  });

  it('records, and asks before what was recorded is lost', async () => {
    const { page } = await open({ permissions: ['microphone'] });
    await studio!.button('Record').click();
    await page.getByRole('button', { name: /Stop recording \(1\./ }).waitFor();
    await studio!.button(/Stop recording/).click();
    await page.getByText('recording: recording').waitFor();
    expect((await afterSpeaking()).length).toBeGreaterThan(10_000);
    const asked = page.waitForEvent('dialog');
    const leaving = page.close({ runBeforeUnload: true });
    const dialog = await asked;
    expect(dialog.type()).toBe('beforeunload');
    await Promise.all([leaving, dialog.dismiss()]);

    await studio!.save('Original, WAV');
    await page.close({ runBeforeUnload: true });
    if (!page.isClosed()) await page.waitForEvent('close');
  });

  it('speaks live, and stops where it does not keep up', async () => {
    const { page, engine } = await open({ permissions: ['microphone'] });
    await page.evaluate(() => {
      // To be taken away, below.
      const devices = navigator.mediaDevices;
      const given = devices.getUserMedia.bind(devices);
      devices.getUserMedia = async (constraints) => {
        const stream = await given(constraints);
        Object.assign(globalThis, { track: stream.getAudioTracks()[0] });
        return stream;
      };
    });
    await page.getByText('Live', { exact: true }).click();
    const lookAhead = page.getByLabel('Look ahead');
    expect(await lookAhead.locator('option').allTextContents()).toEqual([
      '0 frames (0 ms)',
      '2 frames (23 ms)',
      '4 frames (46 ms)',
      '8 frames (93 ms)',
      '13 frames (151 ms): all',
    ]);
    const facts = page.getByTestId('live');
    const latencyOf = async (option: string) => {
      await lookAhead.selectOption(option);
      await studio!.button('Start').click();
      await facts.waitFor();
      const text = (await facts.textContent()) ?? '';
      console.info(`live, ${option} frames ahead: ${text}`);
      expect(text).toMatch(/^latency \d+ ms \(.*\), load \d+ %/);
      const [whole, ...parts] = [...text.matchAll(/(\d+) ms/g)].map(([, ms]) => Number(ms));
      expect(parts.slice(0, 3)).toEqual([93, 17, Math.round((Number(option) * 256) / 22.05)]);
      // Samples wait 60 ms to be played; the generator may be certain of some a frame or two sooner.
      expect(parts[3]).toBeGreaterThan(30);
      expect(Math.abs(whole - parts.reduce((sum, ms) => sum + ms))).toBeLessThan(4);
    };
    await latencyOf('13');
    expect(await lookAhead.isDisabled()).toBe(true);
    await page.evaluate(() => {
      const { track } = globalThis as unknown as { track: MediaStreamTrack };
      track.dispatchEvent(new Event('ended'));
    });
    await page.getByText(/^Stopped after \d+ seconds: the microphone is gone/).waitFor();
    await latencyOf('4');
    // The fake microphone beeps now and then.
    await expect.poll(() => studio!.heard(), { timeout: 120_000 }).toBeGreaterThan(0.01);
    await studio!.button('Stop').click();
    await page.getByText(/^Stopped after \d+ seconds/).waitFor();

    await engine.selectOption('cpu');
    await page.getByText('tfjs-backend-cpu').waitFor();
    await studio!.button('Start').click();
    await page.getByText(/^Stopped: this machine does not keep up/).waitFor();
    await studio!.button('Start').and(page.locator('[aria-disabled=false]')).waitFor();
  });

  it('offers a newer version, and loads it when it is wanted', async () => {
    const folderOfOld = join(built.folder, 'old');
    cpSync(built.dist, folderOfOld, { recursive: true });
    const own = await servePages(folderOfOld);
    const { page } = await open({}, own.url);
    const script = join(folderOfOld, 'service-worker.js');
    const worker = readFileSync(script, 'utf8');
    const index = join(folderOfOld, 'index.html');
    writeFileSync(index, readFileSync(index, 'utf8').replace('<title>', '<title>Newer '));
    writeFileSync(script, worker.replace(/(version:?["`':]*\s*["`'])/, '$1newer'));
    await page.reload();
    await studio!.ready();
    // What was kept is shown until the visitor wants the other.
    expect(await page.title()).toBe('HiFi-GAN studio');
    await Promise.all([page.waitForEvent('load'), studio!.button('Load it').click()]);
    expect(await page.title()).toBe('Newer HiFi-GAN studio');
    await own.close();
  });
});
