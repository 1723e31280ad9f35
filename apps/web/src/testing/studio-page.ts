import { readFileSync } from 'node:fs';
import { readWav } from '@hifigan/audio';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

/** A studio that is open in a browser, as its visitor handles it. */
export class StudioPage {
  /** What the page asked for, and what the browser had to complain of. */
  readonly requests: string[] = [];
  readonly complaints: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
  ) {
    context.on('request', (request) => this.requests.push(request.url()));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.complaints.push(message.text());
    });
    page.on('pageerror', (error) => this.complaints.push(error.message));
  }

  /** Opens the page in a profile of its own, and waits until it is ready. */
  static async open(
    browser: Browser,
    url: string,
    options: BrowserContextOptions = {},
  ): Promise<StudioPage> {
    const context = await browser.newContext({ acceptDownloads: true, ...options });
    // Against hangs alone: a busy machine is no failure.
    context.setDefaultTimeout(300_000);
    await context.addInitScript(listenIn);
    const studio = new StudioPage(context, await context.newPage());
    await studio.page.goto(url);
    // Through the service worker it is loaded once more.
    if (options.serviceWorkers !== 'block') {
      await studio.page.waitForFunction(
        () => navigator.serviceWorker.controller !== null && crossOriginIsolated,
      );
    }
    await studio.ready();
    return studio;
  }

  ready(): Promise<unknown> {
    return this.button('English').and(this.page.locator(':enabled')).waitFor();
  }

  button(name: string | RegExp) {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' });
  }

  get engine() {
    return this.page.getByLabel('Engine');
  }

  get alert() {
    return this.page.getByRole('alert');
  }

  /** Waits until the voice has spoken. @returns what the page says of its speed */
  async spoken(): Promise<string> {
    const speed = this.page.getByTestId('speed');
    await speed.and(this.page.getByText(' s in ')).waitFor();
    return (await speed.textContent()) ?? '';
  }

  /** As a hand does it: files in an event. @param onto selects what they fall on */
  async drop(files: Readonly<Record<string, Uint8Array>>, onto = 'body'): Promise<void> {
    const texts = Object.entries(files).map(
      ([name, bytes]) => [name, Buffer.from(bytes).toString('base64')] as const,
    );
    await this.page.locator(onto).evaluate((element, given) => {
      const dataTransfer = new DataTransfer();
      for (const [name, text] of given) {
        const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
        dataTransfer.items.add(new File([bytes], name));
      }
      const event = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
      element.dispatchEvent(event);
    }, texts);
  }

  /** What a button of the section Save hands to the downloads. */
  async save(name: string): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
    const [download] = await Promise.all([
      this.page.waitForEvent('download'),
      this.button(name).click(),
    ]);
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  }

  /** The loudest sample that is on its way to the loudspeakers within some tenths of a second. */
  heard(): Promise<number> {
    return this.page.evaluate(async () => {
      const { analyser } = globalThis as { analyser?: AnalyserNode };
      const samples = new Float32Array(analyser?.fftSize ?? 0);
      let most = 0;
      // What an analyser has of before goes out of it.
      await new Promise((resolve) => setTimeout(resolve, 200));
      for (let i = 0; i < 20; i++) {
        analyser?.getFloatTimeDomainData(samples);
        most = Math.max(most, ...samples.map(Math.abs));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return most;
    });
  }

  async generated(): Promise<Float32Array> {
    const { name, bytes } = await this.save('Generated, WAV (float)');
    return readWav(bytes, name).channels[0];
  }

  close(): Promise<void> {
    return this.context.close();
  }
}

/** Runs in the page before its own scripts: an analyser hears what goes to the loudspeakers. */
function listenIn(): void {
  const connect = AudioNode.prototype.connect as (this: AudioNode, to: AudioNode) => AudioNode;
  AudioNode.prototype.connect = function (this: AudioNode, to: AudioNode) {
    if (to instanceof AudioDestinationNode) {
      const world = globalThis as { analyser?: AnalyserNode };
      if (world.analyser?.context !== to.context) {
        world.analyser = new AnalyserNode(to.context, { fftSize: 2048 });
      }
      connect.call(this, world.analyser);
    }
    return connect.call(this, to);
  } as typeof AudioNode.prototype.connect;
}
