import type { PackagedVoice } from './packaged-voice.js';

export type { PackagedVoice };

// Each spelt out, as bundlers look for these very expressions; `no-inline` (Vite's word), since a page's policy may
// forbid to fetch from data: addresses.
const ADDRESSES: Readonly<Record<string, URL>> = {
  'bundle.json': new URL('../bundle/bundle.json?no-inline', import.meta.url),
  'config.json': new URL('../bundle/config.json?no-inline', import.meta.url),
  'card.json': new URL('../bundle/card.json?no-inline', import.meta.url),
  'generator.safetensors': new URL('../bundle/generator.safetensors?no-inline', import.meta.url),
  'golden.safetensors': new URL('../bundle/golden.safetensors?no-inline', import.meta.url),
};

/** The packaged voice: `Vocoder.load(voice)`. Here from where the page's bundler put it, in Node from the disk. */
export const voice: PackagedVoice = {
  where: '@hifigan/voice',
  async read(name, { signal } = {}) {
    if (!Object.hasOwn(ADDRESSES, name)) return undefined;
    const address = ADDRESSES[name];
    let problem: string;
    try {
      const response = await fetch(address, { signal });
      // Servers of single-page applications answer so where a file is missing.
      const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false;
      if (response.ok && !isPage) return new Uint8Array(await response.arrayBuffer());
      problem = `the server answers ${isPage ? 'with a page' : response.status}`;
    } catch (error) {
      signal?.throwIfAborted();
      problem = (error as Error).message;
    }
    throw new Error(
      `@hifigan/voice: ${address} cannot be fetched: ${problem}; check the network, or whether the bundler took the file along: before Vite 8, its development server wants optimizeDeps: { exclude: ['@hifigan/voice'] }; where a bundler takes none, copy @hifigan/voice/bundle to what is served, and load it by its address`,
    );
  },
};
