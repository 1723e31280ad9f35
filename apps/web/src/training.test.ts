import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWav } from '@hifigan/audio';
import { decodeAudio } from '@hifigan/codecs';
import { requireChromium } from '@hifigan/testkit';
import { FineTuning } from '@hifigan/train';
import { breather } from '@hifigan/vocoder';
import { unzipSync } from 'fflate';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BuiltStudio, expectSame } from './testing/built-studio.js';
import { StudioPage } from './testing/studio-page.js';
import { tinyVoice } from './testing/tiny-voice.js';
import { activateEngine } from './worker/engines.js';
import { openVoiceSource } from './worker/open-voice-source.js';
import { openRecordings } from './worker/training.js';

const TRAIN = '[data-drops=training]';

describe.skipIf(!requireChromium().available)('training in the studio in Chromium', () => {
  let built: BuiltStudio;
  let voice: Record<string, Uint8Array>;
  let recordings: Record<string, Uint8Array>;

  beforeAll(async () => {
    built = await BuiltStudio.build();
    voice = await tinyVoice();
    recordings = {
      'one.wav': await recording('en-vm-review', 'es-vm-intro'),
      'two.wav': await recording('fr-vm-review', 'it-vm-record-prepend'),
      'three.wav': await recording('ru-vm-review', 'en-vm-review', 'es-vm-intro'),
    };
  });

  afterAll(() => built?.close());

  /** Samples of the page, one after the other. */
  async function recording(...names: string[]): Promise<Uint8Array> {
    const sounds = names.map((name) => decodeAudio(readFileSync(built.sample(name)), name));
    const decoded = await Promise.all(sounds);
    const audio = decoded.flatMap(({ channels }) => [...channels[0]]);
    const [{ samplingRate }] = decoded;
    return writeWav({ samplingRate, channels: [Float32Array.from(audio)] });
  }

  async function withTiny(browser: Browser): Promise<StudioPage> {
    const studio = await StudioPage.open(browser, built.server.url);
    await studio.drop(voice);
    await studio.page.getByText('tiny.safetensors:').first().waitFor();
    await studio.page.getByText('Train', { exact: true }).first().click();
    return studio;
  }

  it('teaches a voice, waits and goes on, and what was learned is heard and taken along', async () => {
    const browser = await built.launch();
    const studio = await withTiny(browser);
    const { page, complaints } = studio;
    expect(await studio.engine.inputValue()).toBe('wasm-threads');
    const facts = page.getByTestId('training');
    const now = async () => readFacts((await facts.textContent()) ?? '');
    const learned = (steps: number) =>
      expect.poll(async () => (await now()).heldOutSteps, LONG).toBeGreaterThanOrEqual(steps);

    await studio.drop({ 'one.wav': recordings['one.wav'], 'notes.txt': new Uint8Array(9) }, TRAIN);
    await page.getByText('notes.txt left out').waitFor();
    await studio.button('Train').click();
    await studio.alert.getByText(/^recordings: have .* and must have 10 at least/).waitFor();
    await studio.button(/^Put away: recordings/).click();
    const { 'one.wav': _, ...others } = recordings;
    await studio.drop(others, TRAIN);
    await studio.button('Train').click();
    await learned(50);
    await page.locator('canvas[data-picture=training][data-drawn=yes]').waitFor();

    // The studio's own voice speaks meanwhile.
    await studio.button('English').click();
    await studio.spoken();
    const untrained = await studio.generated();

    await studio.button('Pause training').click();
    await page.getByText(/^Paused after \d+ steps/).waitFor();
    const paused = await now();
    expect(paused.loss).toBeGreaterThan(0);
    expect(paused.heldOut).toBeLessThan(paused.before);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await now()).toEqual(paused);

    await studio.button('Listen').click();
    await page.getByText('tiny-fine-tuned', { exact: true }).first().waitFor();
    await studio.spoken();
    const heard = await studio.generated();
    expect(largestDifference(heard, untrained)).toBeGreaterThan(0.01);
    const saved = await studio.save('Save the bundle');
    const bundle = join(built.folder, 'trained');
    mkdirSync(bundle);
    for (const [path, bytes] of Object.entries(unzipSync(saved.bytes))) {
      writeFileSync(join(bundle, path.split('/').at(-1)!), bytes);
    }
    await built.hifigan('info', bundle, '--verify');
    const sample = built.sample('en-vm-review');
    expectSame(heard, await built.synth(sample, '--checkpoint', bundle), 'trained in the page');
    const card = JSON.parse(readFileSync(join(bundle, 'card.json'), 'utf8'));
    expect(card).toMatchObject({ steps: paused.steps, data: /^3 recordings of \d+ s/ });

    await studio.button('Resume training').click();
    await expect.poll(async () => (await now()).steps, LONG).toBeGreaterThan(paused.steps);
    const asked = page.waitForEvent('dialog');
    const leaving = page.close({ runBeforeUnload: true });
    const dialog = await asked;
    await Promise.all([leaving, dialog.dismiss()]);
    await studio.button('Stop training').click();
    await page.getByText(/^Stopped after \d+ steps/).waitFor();
    await studio.button('Take the former voice back').click();
    await page.getByText('tiny.safetensors:').first().waitFor();
    await studio.spoken();
    expect(largestDifference(await studio.generated(), untrained)).toBeLessThan(1e-4);
    expect(await studio.alert.textContent()).toBe('');
    expect(complaints).toEqual([]);
    await browser.close();
  });

  it('teaches a voice on WebGPU', async () => {
    // Chromium's own, for machines without a GPU.
    const browser = await built.launch(
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
    );
    const studio = await withTiny(browser);
    const { page, complaints } = studio;
    await studio.engine.selectOption('webgpu');
    await page.getByText(/WebGPU, .*swiftshader/i).waitFor();
    await studio.drop(recordings, TRAIN);
    await studio.button('Train').click();
    const facts = page.getByTestId('training');
    const now = async () => readFacts((await facts.textContent()) ?? '');
    await facts.waitFor();
    await expect.poll(async () => (await now()).steps, LONG).toBeGreaterThanOrEqual(GPU_STEPS);
    const { before, loss, steps } = await now();
    await studio.button('Stop training').click();
    await page.getByText(/^Stopped after \d+ steps/).waitFor();
    expect(await studio.alert.textContent()).toBe('');
    expect(complaints).toEqual([]);
    await browser.close();

    const expected = await learnOnWasm(voice, recordings, steps);
    expectShown(before, expected.before);
    // The page shows the mean of the last ten.
    const last = expected.losses.slice(-10);
    expectShown(loss, last.reduce((sum, value) => sum + value, 0) / last.length);
  });
});

/** Milliseconds, against hangs alone. */
const LONG = { timeout: 300_000 };
/** So many that their losses tell a wrong update from a right one, and so few that a processor as GPU gets to them. */
const GPU_STEPS = 2;

/** What a training on one thread, here, finds in its first steps. */
async function learnOnWasm(
  voice: Readonly<Record<string, Uint8Array>>,
  given: Readonly<Record<string, Uint8Array>>,
  steps: number,
): Promise<{ readonly before: number; readonly losses: readonly number[] }> {
  const stop = new AbortController();
  const { signal } = stop;
  const filesOf = (record: Readonly<Record<string, Uint8Array>>) =>
    Object.entries(record).map(([name, bytes]) => new File([bytes.slice()], name));
  const { bundle } = await openVoiceSource({ files: filesOf(voice) }, signal);
  const { config, weights } = bundle;
  const recordings = await openRecordings(filesOf(given), config.sampling_rate, signal);
  await activateEngine('wasm', () => undefined);
  const tuning = new FineTuning({ config, weights, recordings, pause: breather() });
  let before = Number.NaN;
  const losses: number[] = [];
  await tuning.run({
    signal,
    onValidation: ({ mel }) => {
      before = mel;
    },
    onStep: (step, loss) => {
      losses.push(loss);
      if (step === steps) stop.abort();
    },
  });
  await tuning.dispose();
  return { before, losses };
}

/** Against what the page shows, which has three digits. */
function expectShown(shown: number, expected: number): void {
  expect(Math.abs(shown - expected)).toBeLessThan(1e-3 * expected + 5e-4);
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, n) => Math.max(most, Math.abs(value - b[n])), 0);
}

/** What stands beside the curves. */
function readFacts(text: string) {
  const number = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? Number.NaN);
  return {
    steps: number(/step (\d+)/),
    loss: number(/loss ([\d.]+)/),
    heldOut: number(/held-out ([\d.]+)/),
    heldOutSteps: number(/after (\d+) steps/),
    before: number(/([\d.]+) before/),
  };
}
