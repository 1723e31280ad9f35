import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  expectClose,
  type Headers,
  ISOLATION,
  launchChromium,
  type PageServer,
  requireChromium,
  servePages,
} from '@hifigan/testkit';
import type { Browser } from 'playwright-core';
import { build, createServer } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ModelFiles,
  nemoArchive,
  referenceCheckpoint,
  transformersFolder,
} from './dropped-models.js';
import {
  type DroppedResult,
  type MelResult,
  type PageResult,
  type RecordingsResult,
  type VoiceResult,
  writePageApp,
} from './page-app.js';
import { createProject, pack, pinned } from './project.js';
import { must, publicPackages } from './workspace.js';

const PACKAGES = [
  '@hifigan/audio',
  '@hifigan/backend-wasm',
  '@hifigan/checkpoint',
  '@hifigan/codecs',
  '@hifigan/config',
  '@hifigan/models',
  '@hifigan/ops',
  '@hifigan/vocoder',
  '@hifigan/voice',
];
/** No script of others, but WebAssembly, and workers out of strings. */
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:";

describe.skipIf(!requireChromium().available)('WebAssembly in Chromium, bundled by Vite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pages '));
  const project = join(folder, 'project');
  let browser: Browser;

  beforeAll(async () => {
    const packages = publicPackages().filter(({ manifest }) => PACKAGES.includes(manifest.name));
    const tarballs = await pack(packages, join(folder, 'packed'));
    await createProject(project, {
      ...Object.fromEntries([...tarballs].map(([name, path]) => [name, `file:${path}`])),
      '@tensorflow/tfjs-backend-cpu': pinned(
        '@tensorflow/tfjs-backend-cpu',
        'packages/backend-wasm',
      ),
      '@tensorflow/tfjs-core': pinned('@tensorflow/tfjs-core', 'packages/ops'),
    });
    writePageApp(project);
    await build({ root: project, logLevel: 'error' });
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** @param act a script that runs in the page before its result is waited for */
  async function resultOf<Result = PageResult>(
    server: PageServer,
    query = '',
    act = '',
  ): Promise<Result> {
    const page = await browser.newPage();
    try {
      await page.goto(`${server.url}${query}`);
      await page.evaluate(act);
      // A script in a string: this file knows no window.
      return (await page.evaluate('window.result')) as Result;
    } finally {
      await page.close();
      await server.close();
    }
  }

  const built = (headers: Headers = {}) => servePages(join(project, 'dist'), headers);

  function expectRight(result: PageResult): void {
    const { name, middle, spectrum, numTensors } = result;
    expect([name, numTensors]).toEqual(['hifigan-wasm', 0]);
    expect(Math.abs(middle / (7 * 32) - 1)).toBeLessThan(1e-5);
    expect(spectrum).toBeLessThan(1e-6);
  }

  it.each(['', '?worker'])('isolated, on three threads: %s', async (query) => {
    const result = await resultOf(await built(ISOLATION), query);
    expectRight(result);
    expect(result).toMatchObject({
      isolated: true,
      threads: 3,
      build: 'relaxed-threads',
      warnings: [],
    });
  });

  it.each(['', '?worker'])('not isolated, on one thread: %s', async (query) => {
    const result = await resultOf(await built(), query);
    expectRight(result);
    expect(result).toMatchObject({ isolated: false, threads: 1, build: 'relaxed', warnings: [] });
  });

  it('under a Content-Security-Policy', async () => {
    const result = await resultOf(await built({ ...ISOLATION, 'Content-Security-Policy': POLICY }));
    expectRight(result);
    expect(result).toMatchObject({ threads: 3, warnings: [] });
  });

  it('without threads where the page allows no such workers, which it is told of', async () => {
    const policy = POLICY.replace(' blob:', '');
    const result = await resultOf(await built({ ...ISOLATION, 'Content-Security-Policy': policy }));
    expectRight(result);
    expect(result.threads).toBe(1);
    expect(result.warnings.join()).toMatch(/2 of 2 workers did not start: .*; it goes on with one/);
  });

  describe('a mel spectrogram', () => {
    const script = "console.log(JSON.stringify(await (await import('./mel.js')).mel()))";
    let inNode: MelResult;

    beforeAll(async () => {
      const args = ['--input-type=module', '-e', script];
      inNode = JSON.parse(await must(process.execPath, args, project));
    });

    it.each(['?task=mel', '?task=mel&worker'])('is the one of Node: %s', async (query) => {
      const result = await resultOf<MelResult>(await built(), query);
      expectClose(result.data, inNode.data, { max: 1e-6 });
      expect([result.instances, inNode.instances]).toEqual([1, 1]);
    });

    it('is so too where a Content-Security-Policy forbids WebAssembly', async () => {
      const policy = POLICY.replace(" 'wasm-unsafe-eval'", '');
      const server = await built({ 'Content-Security-Policy': policy });
      const result = await resultOf<MelResult>(server, '?task=mel');
      expectClose(result.data, inNode.data, { max: 1e-6 });
      expect(result.instances).toBe(0);
    });
  });

  describe('recordings', () => {
    const script =
      "console.log(JSON.stringify(await (await import('./recordings.js')).recordings()))";

    it.each(['?task=recordings', '?task=recordings&worker'])(
      'are as in Node: %s',
      async (query) => {
        const args = ['--input-type=module', '-e', script];
        const inNode: RecordingsResult = JSON.parse(await must(process.execPath, args, project));
        const server = await built({ 'Content-Security-Policy': POLICY });
        const result = await resultOf<RecordingsResult>(server, query);
        expect(Object.keys(result)).toHaveLength(5);
        expect(result).toEqual(inNode);
      },
    );

    it('are refused, not waited for, where a Content-Security-Policy forbids WebAssembly', async () => {
      const policy = POLICY.replace(" 'wasm-unsafe-eval'", '');
      const server = await built({ 'Content-Security-Policy': policy });
      await expect(resultOf(server, '?task=recordings')).rejects.toThrow(
        /speech\.flac: it cannot be decoded here.*must have 'wasm-unsafe-eval'/,
      );
    });
  });

  describe('a model that is dropped into the page', () => {
    /** As a person's hand does it: files in an event. */
    const drop = (files: ModelFiles) => {
      const texts = Object.entries(files).map(([name, bytes]) => [
        name,
        Buffer.from(bytes).toString('base64'),
      ]);
      return `
        const dataTransfer = new DataTransfer();
        for (const [name, text] of ${JSON.stringify(texts)}) {
          const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
          dataTransfer.items.add(new File([bytes], name));
        }
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));`;
    };

    async function inNode(files: ModelFiles): Promise<DroppedResult> {
      const names = Object.keys(files);
      for (const [name, bytes] of Object.entries(files)) writeFileSync(join(project, name), bytes);
      const script = `
        import { readFileSync } from 'node:fs';
        const { speakWith } = await import('./dropped.js');
        const files = ${JSON.stringify(names)}.map((name) => new File([readFileSync(name)], name));
        console.log(JSON.stringify(await speakWith(files)));
        process.exit();`;
      return JSON.parse(
        await must(process.execPath, ['--input-type=module', '-e', script], project),
      );
    }

    it.each([
      [
        'a .pth of the reference and its config.json',
        referenceCheckpoint,
        'reference',
        'g_02500000.pth',
      ],
      ["a folder of transformers'", transformersFolder, 'transformers', 'pytorch_model.bin'],
      ['a .nemo archive', nemoArchive, 'nemo', 'model_weights.ckpt'],
    ])('speaks as in Node: %s', async (_, make, layout, weights) => {
      const files = make();
      const expected = await inNode(files);
      const server = await built({ ...ISOLATION, 'Content-Security-Policy': POLICY });
      const result = await resultOf<DroppedResult>(server, '?task=dropped', drop(files));
      expect([result.layout, result.weights, result.numTensors]).toEqual([layout, weights, 0]);
      // Of silence nothing could be told.
      expect(Math.max(...expected.audio.map(Math.abs))).toBeGreaterThan(0.01);
      const { max, mean } = expectClose(result.audio, expected.audio, { max: 1e-4 });
      console.info(`${layout}: ${expected.audio.length} samples, max ${max}, mean ${mean}`);
    });

    it('says what is missing', async () => {
      const files = { 'g_02500000.pth': referenceCheckpoint()['g_02500000.pth'] };
      const server = await built({ 'Content-Security-Policy': POLICY });
      await expect(resultOf(server, '?task=dropped', drop(files))).rejects.toThrow(
        /must have the configuration of a HiFi-GAN generator among them/,
      );
    });
  });

  it.each(['?task=voice', '?task=voice&worker', '?task=hosted'])(
    'the packaged voice, as its README loads it, speaks as in Node: %s',
    async (query) => {
      const script = `
        const { speakWith } = await import('./speak.js');
        const { loadVoice } = await import('./voice.js');
        console.log(JSON.stringify(await speakWith(await loadVoice())));
        process.exit();`;
      const args = ['--input-type=module', '-e', script];
      const inNode: VoiceResult = JSON.parse(await must(process.execPath, args, project));
      const server = await built({ ...ISOLATION, 'Content-Security-Policy': POLICY });
      const result = await resultOf<VoiceResult>(server, query);
      expect([result.name, result.numTensors]).toEqual([inNode.name, 0]);
      expect(Math.max(...inNode.audio.map(Math.abs))).toBeGreaterThan(0.01);
      const { max } = expectClose(result.audio, inNode.audio, { max: 1e-5 });
      console.info(`${result.name}: ${inNode.audio.length} samples, max ${max}`);
    },
  );

  it.each(['', '?worker'])('from the development server: %s', async (query) => {
    const server = await createServer({
      root: project,
      logLevel: 'error',
      server: { host: '127.0.0.1', port: 0, headers: { ...ISOLATION } },
    });
    await server.listen();
    const [url] = server.resolvedUrls!.local;
    const result = await resultOf({ url: url!, close: () => server.close() }, query);
    expectRight(result);
    expect(result).toMatchObject({ isolated: true, threads: 3, warnings: [] });
  });

  it('the packaged voice speaks from the development server', async () => {
    const server = await createServer({
      root: project,
      logLevel: 'error',
      server: { host: '127.0.0.1', port: 0 },
    });
    await server.listen();
    const [url] = server.resolvedUrls!.local;
    const page = { url: url!, close: () => server.close() };
    const { audio } = await resultOf<VoiceResult>(page, '?task=voice');
    expect(Math.max(...audio.map(Math.abs))).toBeGreaterThan(0.01);
  });
});
