// pnpm --filter web screenshots: the README's pictures, of the build in dist/ and a training of some minutes.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launchChromium, servePages } from '@hifigan/testkit';

const WEB = fileURLToPath(new URL('..', import.meta.url));
const SAMPLES = fileURLToPath(new URL('../../../samples', import.meta.url));
/** Steps of the training that is shown. */
const STEPS = 150;
/** Milliseconds, against hangs alone. */
const LONG = 1_800_000;

const server = await servePages(`${WEB}/dist`);
const browser = await launchChromium();
try {
  const page = await browser.newPage({
    viewport: { width: 1080, height: 900 },
    // Or colours would be caught on their way.
    reducedMotion: 'reduce',
  });
  page.setDefaultTimeout(LONG);
  await page.goto(server.url);
  await page.waitForFunction(
    () => navigator.serviceWorker.controller !== null && crossOriginIsolated,
  );
  const button = (/** @type {string} */ name) => page.getByRole('button', { name, exact: true });
  const colours = (/** @type {'dark' | 'light'} */ name) =>
    page.getByLabel('Colours').selectOption(name);
  const shoot = (/** @type {string} */ name, /** @type {object} */ options) =>
    page.screenshot({ path: `${WEB}/${name}.jpg`, type: 'jpeg', quality: 50, ...options });
  await button('English').and(page.locator(':enabled')).click();
  await page.locator('tr[data-measure=stoi]').waitFor();

  await page.getByText('Train', { exact: true }).first().click();
  const recordings = readdirSync(SAMPLES).filter((name) => name.endsWith('.wav'));
  const train = page.locator('[data-drops=training]');
  await train.locator('input[type=file]').setInputFiles(
    recordings.map((name) => ({
      ...{ name, mimeType: 'audio/wav' },
      buffer: readFileSync(`${SAMPLES}/${name}`),
    })),
  );
  await button('Train').click();
  await page.waitForFunction((steps) => {
    const text = document.querySelector('[data-testid=training]')?.textContent ?? '';
    return Number(/step (\d+)/.exec(text)?.[1]) >= steps;
  }, STEPS);
  await button('Pause training').click();
  await page.getByText(/^Paused after/).waitFor();
  // Nothing has the focus, and places are those of the whole page.
  await page.evaluate(() => {
    /** @type {HTMLElement} */ (document.activeElement).blur();
    scrollTo(0, 0);
  });

  await colours('dark');
  const measures = page.locator('[aria-labelledby=measures-title]');
  const { y, height } = /** @type {{ y: number, height: number }} */ (await measures.boundingBox());
  await shoot('screenshot', {
    fullPage: true,
    clip: { x: 0, y: 0, width: 1080, height: Math.ceil(y + height + 16) },
  });
  await colours('light');
  await train.screenshot({ path: `${WEB}/screenshot-training.jpg`, type: 'jpeg', quality: 50 });
  await page.setViewportSize({ width: 360, height: 1100 });
  await colours('dark');
  await page.locator('canvas[data-picture=difference][data-drawn=yes]').waitFor();
  await page.evaluate(() => scrollTo(0, 0));
  await shoot('screenshot-narrow', {});
} finally {
  await browser.close();
  await server.close();
}
